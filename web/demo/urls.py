from django.urls import path

from web.demo import views

app_name = "demo"
urlpatterns = [path("messages/", views.messages, name="messages")]
