from django.db import migrations

# Both depend on nothing but their argument: the collation is named, so that an index built on one machine is right on
# another. Letters without case differences outside ASCII stay as they are.
TEXT = """
CREATE FUNCTION word_text(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT lower(normalize(words, NFKC) COLLATE "C")
$$
"""
GRAMS = """
CREATE FUNCTION word_grams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT gram COLLATE "C"), '{}')
  FROM regexp_split_to_table(lower(normalize(words, NFKC) COLLATE "C"), '[[:space:]]+') AS run,
    generate_series(1, length(run)) AS place,
    LATERAL (VALUES (substr(run, place, 2)), (substr(run, place, 1))) AS cut (gram)
  WHERE length(gram) = 2 OR ascii(gram) >= 11904
$$
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0008_request_keys")]

    operations = [
        migrations.RunSQL(TEXT, "DROP FUNCTION word_text(text)"),
        migrations.RunSQL(GRAMS, "DROP FUNCTION word_grams(text)"),
    ]
