"""What is on the shelves, and who has a claim on it.

A level holds three numbers per variant and warehouse: `on_hand` (physically there), `allocated` (sold, not yet
shipped) and `reserved` (held for a while during checkout). What may still be sold is

    available = on_hand - allocated - reserved - safety_stock

Stock is taken by one conditional UPDATE, rows in key order, so two shoppers can never share the last unit. Which
warehouse it comes from is a pure choice (`rules.choose_warehouses`): one that holds everything, else the fewest
parcels, and among equals the warehouse with the lower priority number.

Each change of a level writes a movement in the same transaction; the movements of a level always sum to it, and
`queries.list_discrepancies` proves it.
"""
