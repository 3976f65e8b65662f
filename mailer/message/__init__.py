"""Edition → Stencil; Stencil × recipient → the bytes on the wire. Pure."""
