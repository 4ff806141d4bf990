"""What whoever runs the shop needs: figures for a monitor, and copies of everything that can be put back.

**A backup** is one tar file: the database as it was at one moment, the pictures, and a manifest with the version, the
revision of the tables, how many rows each table had and a checksum of every file. The shop stays open: SQLite and
PostgreSQL both show one moment to a reader while others write. Pictures are named by their content and never change,
so it is enough that none goes missing: those there before the moment and those there after it are both kept (by hard
links, which cost nothing). The search index, the models and the queue of jobs are not in it: they are made again from
the database. The file grows under another name and gets its own when it is whole and on the disk.

**A restore** changes nothing before everything is proven: the archive is unpacked beside the shop, each checksum and
each table's count is compared, older tables are migrated, and every ledger is proven there. Then it takes the place of
the shop's database at once: on SQLite in one transaction of the live file, on PostgreSQL by swapping the names of two
databases. What was there before is kept under another name.

**Figures** are read from counters that all processes of a machine share (`telemetry`) and, at the moment somebody
asks, from the database: what waits, what failed, and when periodic work was last done.
"""
