"""Flash sales: activities and their sessions as merchandisers plan them, with figures while they go on.

The articles of a session are one text, a line each, so that they can be pasted from a spreadsheet; what is wrong is
said line by line, and nothing that was typed is lost.
"""
