"""The words that names and facts of made-up goods are put together from, each as "English:Chinese"."""

from __future__ import annotations

Pair = tuple[str, str]


def _pairs(text: str) -> tuple[Pair, ...]:
    return tuple((en, zh) for en, _, zh in (word.partition(":") for word in text.split(" | ")))


QUALITIES = _pairs(
    "Classic:经典 | Original:原味 | Everyday:日常 | Premium:优选 | Light:轻享 | Organic:有机 | Farmhouse:农家"
    " | Traditional:传统 | Select:臻选 | Fresh:鲜 | Signature:招牌 | Homestyle:家常 | Country:乡村 | Deluxe:豪华"
    " | Simple:简约 | Family:家庭 | Small Batch:小批 | Heritage:传承 | Artisan:匠心 | Nordic:北欧 | Coastal:海岸"
    " | Mountain:山间 | Royal:皇家 | Urban:都市"
)
FLAVOURS = _pairs(
    "Plain:原味 | Vanilla:香草 | Chocolate:巧克力 | Lemon:柠檬 | Strawberry:草莓 | Honey:蜂蜜 | Apple:苹果"
    " | Sea Salt:海盐 | Garlic:蒜香 | Cinnamon:肉桂 | Caramel:焦糖 | Peach:蜜桃 | Coconut:椰子 | Chili:辣味"
    " | Mango:芒果 | Herb:香草料 | Almond:杏仁 | Ginger:姜 | Blueberry:蓝莓 | Orange:香橙 | Pepper:胡椒"
    " | Cherry:樱桃 | Mint:薄荷 | Sesame:芝麻 | Smoked:烟熏 | Green Tea:绿茶 | Pumpkin:南瓜 | Walnut:核桃"
    " | Yuzu:柚子 | Plum:话梅"
)
COLOURS = _pairs(
    "Black:黑色 | White:白色 | Blue:蓝色 | Grey:灰色 | Red:红色 | Green:绿色 | Pink:粉色 | Yellow:黄色"
    " | Navy:藏青 | Beige:米色 | Brown:棕色 | Orange:橙色 | Purple:紫色 | Teal:青色 | Ivory:象牙白 | Olive:橄榄绿"
    " | Silver:银色 | Coral:珊瑚色 | Mint:薄荷绿 | Gold:金色"
)
MATERIALS = _pairs(
    "Cotton:棉 | Plastic:塑料 | Steel:钢 | Glass:玻璃 | Wood:木 | Paper:纸 | Aluminium:铝 | Ceramic:陶瓷"
    " | Bamboo:竹 | Linen:亚麻 | Silicone:硅胶 | Leather:皮革 | Wool:羊毛 | Rubber:橡胶 | Cork:软木"
)
ORIGINS = _pairs(
    "USA:美国 | China:中国 | Mexico:墨西哥 | Italy:意大利 | Canada:加拿大 | France:法国 | Germany:德国"
    " | Japan:日本 | Vietnam:越南 | Spain:西班牙 | Brazil:巴西 | Thailand:泰国 | India:印度 | Chile:智利"
    " | Peru:秘鲁 | Greece:希腊"
)
DIETS = _pairs("Any:不限 | Vegetarian:素食 | Vegan:纯素 | Gluten free:无麸质 | Low sugar:低糖 | High protein:高蛋白")
STORAGE = _pairs("Cool and dry:阴凉干燥 | Refrigerated:冷藏 | Frozen:冷冻 | Room temperature:常温")
FINISHES = _pairs("Matte:哑光 | Glossy:亮面 | Natural:天然 | Brushed:拉丝 | Textured:纹理")
FOR = _pairs("Everybody:所有人 | Adults:成人 | Children:儿童 | Families:家庭 | Pets:宠物 | Travel:旅行")
AGES, HOMES = ("25-34", "35-44", "45-54", "19-24", "55-64", "65+"), ("Owner", "Renter", "Probable owner")
GRAMS = (50, 100, 150, 200, 250, 330, 400, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000)
EDIBLE = frozenset(
    {
        *("alcohol", "bakery", "dairy", "deli", "drinks", "frozen", "meat", "natural", "pantry", "produce"),
        *("seafood", "snacks"),
    }
)
"""Departments whose goods have flavours and weights; those of the others have colours and materials."""
FACTS: dict[bool, tuple[tuple[Pair, tuple[Pair, ...]], ...]] = {
    True: (
        (("Flavour", "口味"), FLAVOURS),
        (("Diet", "饮食"), DIETS),
        (("Storage", "储存"), STORAGE),
        (("Origin", "产地"), ORIGINS),
    ),
    False: (
        (("Material", "材质"), MATERIALS),
        (("Finish", "表面"), FINISHES),
        (("For", "适用"), FOR),
        (("Origin", "产地"), ORIGINS),
    ),
}
"""Which facts are told of goods, by whether they can be eaten."""
