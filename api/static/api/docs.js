// Draws the description of the API. A session of the pages may be tried too: its token against forged requests comes along.
(() => {
  const place = document.getElementById("docs");
  const cookie = (name) => (document.cookie.match(`(?:^|; )${name}=([^;]*)`) || [])[1];
  SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    deepLinking: true,
    validatorUrl: null,
    requestInterceptor: (request) => {
      const token = cookie("csrftoken");
      if (token && new URL(request.url, location.href).origin === location.origin) {
        request.headers["X-CSRFToken"] = token;
      }
      return request;
    },
  });
})();
