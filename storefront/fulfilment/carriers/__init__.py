"""Who carries parcels, and who can say where they are.

`protocol.py` says what a carrier can do, `manual.py` is one that is only a web address, `kuaidi100.py` asks
kuaidi100.com and reads what it pushes. `known.py` lists carriers that every shop begins with; `choosing.py` puts the
merchant's changes over them.
"""
