"""JATS articles: `article` the reader and a document · `prepare` its tree made plain · `text` elements as Markdown."""
