"""Pictures: photographs that were uploaded, and drawings made on the fly where there is no photograph.

A table stores a picture as one short text. `generated:1f34e-210-3` is an emoji on a soft ground of a hue with a
pattern: the whole drawing is in the key, so `/media/generated/1f34e-210-3.svg` needs no file and is kept for ever.
`photo:<key>:<width>x<height>` is a photograph: `key` is the hash of the uploaded bytes, and beside it lie WebP files of
each of `pictures.SIZES`, `/media/<key>-640.webp`; a changed photograph is another key, so these too are kept for ever.

An upload is judged by its content, never by its name: what Pillow cannot decode as JPEG, PNG or WebP, what is too heavy
or has too many pixels is refused; SVG is refused because it can carry script. The picture is turned upright and written
anew, which leaves behind EXIF, places and comments.
"""
