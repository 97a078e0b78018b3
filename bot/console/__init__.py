"""The referent's pages: server-made HTML, readable on a phone, no script needed to use them."""
