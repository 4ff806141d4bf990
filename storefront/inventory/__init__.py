"""What is on the shelves, and who has a claim on it.

A level holds three numbers per variant and warehouse: `on_hand` (physically there), `allocated` (sold, not yet
shipped) and `reserved` (held until an order is paid). What may still be sold is

    available = on_hand - allocated - reserved - safety_stock

Stock is taken by one conditional UPDATE, rows in key order (`levels`), so two shoppers can never share the last unit.
An order that waits for its payment reserves; the reservation has a row of its own with the moment when it ends. Paying
turns it into an allocation, cancelling gives it back, and so does the clock, should nobody have done either.

Which warehouse things come from is a pure choice (`rules.choose_warehouses`) that says why. Only warehouses that send
to the address are asked; one that holds everything is preferred, then the fewest parcels, and among equals the lower
priority number. Backup warehouses are asked where the others together cannot. What shoppers are shown as available is
counted over all active warehouses: whether it can be sent to them is known once there is an address.

Each change of a level writes a movement in the same transaction; the movements of a level always sum to it, and
`flask shop verify` proves it (`ledgers`).
"""
