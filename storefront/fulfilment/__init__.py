"""From the shelf to the doorstep: parcels, who carries them, and what becomes of them.

An order's goods leave in one parcel or in several, each out of one warehouse: the one that holds what the order was
allocated there. A parcel is packed, is sent, and arrives; on the way it may be lost or come back, and then its goods
can be sent again, for which others are allocated. The table in `states.py` says what may follow what.

An order's `fulfillment_status` is nobody's to set. Each step adds up the units in the order's parcels and stores what
follows, in the same transaction:

    ordered   units of the order's lines
    sent      units in parcels that have left, wherever they are now, unless they are sent again
    delivered units in parcels that have arrived

What lies packed is still in the house: the order can be called off, and the parcel is taken apart. Whatever leaves does
so with a movement of stock, so that units sent and stock shipped are the same number. Orders that were sent before
parcels were kept have one that holds everything, without lines of its own and without movements.

A carrier is somebody who can say where a parcel is. Most are only a web address with the tracking number in it; where
the merchant has an account with kuaidi100, it is asked, and it tells by itself. News is kept once, however often it is
told and in whichever order; a carrier's word that a parcel has arrived lets it arrive. Customers can say so themselves,
and after some days of silence the clock does.
"""
