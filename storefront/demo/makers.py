"""Makers: the data set knows manufacturers by number only, so each number has an invented, stable name.

Two lists of words make 8,000 names; a number's rank walks through them so that neighbours sound different.
"""

from __future__ import annotations

from dataclasses import dataclass

OWN_LABEL = "Willow & Day"
OWN_LABEL_ZH = "柳日"
UNBRANDED = 2
"""The manufacturer number that stands for loose and fresh goods of no maker."""

FIRST = (
    *(
        "Harbor:海港",
        "Maple:枫",
        "Silver:银",
        "Cedar:雪松",
        "Golden:金",
        "River:河",
        "Summer:夏日",
        "Stone:石",
        "Clover:三叶草",
    ),
    *("Amber:琥珀", "North:北", "Orchard:果园", "Copper:铜", "Meadow:草甸", "Juniper:杜松", "Bright:明", "Willow:柳"),
    *(
        "Prairie:草原",
        "Hazel:榛",
        "Sunny:晴",
        "Fox:狐",
        "Lark:云雀",
        "Granite:花岗",
        "Honey:蜜",
        "Ivy:常青藤",
        "Coral:珊瑚",
    ),
    *("Birch:桦", "Highland:高地", "Plum:李", "Otter:水獭", "Marble:大理石", "Fern:蕨", "Robin:知更", "Sage:鼠尾草"),
    *("Linden:椴", "Pebble:卵石", "Autumn:秋", "Heron:苍鹭", "Walnut:胡桃", "Misty:雾", "Thistle:蓟", "Saffron:藏红"),
    *("Elder:接骨木", "Velvet:天鹅绒", "Badger:獾", "Pine:松", "Crystal:水晶", "Barley:大麦", "Swallow:燕", "Ash:白蜡"),
    *(
        "Lantern:灯笼",
        "Olive:橄榄",
        "Winter:冬",
        "Falcon:隼",
        "Rosemary:迷迭香",
        "Quarry:采石",
        "Daisy:雏菊",
        "Timber:木",
    ),
    *("Coast:海岸", "Poppy:罂粟花", "Valley:谷", "Heather:石楠", "Anchor:锚", "Wren:鹪鹩", "Cotton:棉", "Beacon:灯塔"),
    *(
        "Laurel:月桂",
        "Sparrow:麻雀",
        "Ginger:姜",
        "Oak:橡",
        "Slate:板岩",
        "Morning:晨",
        "Mallard:绿头鸭",
        "Cobble:鹅卵石",
    ),
    *("Primrose:报春", "Hollow:幽谷", "Finch:雀", "Rowan:花楸", "Island:岛", "Pearl:珍珠"),
)
SECOND = (
    *(
        "Mill:磨坊",
        "Farm:农场",
        "Brook:溪",
        "House:屋",
        "Kitchen:厨房",
        "Hill:山",
        "Bridge:桥",
        "& Sons:父子",
        "Works:工坊",
    ),
    *("Field:田", "Grove:林", "Lane:巷", "Pantry:食橱", "Creek:小溪", "Barn:谷仓", "Gate:门", "Bay:湾", "Trading:商行"),
    *("Market:集市", "Craft:手作", "Garden:园", "Ridge:岭", "Well:井", "Company:公司", "Dale:山谷", "Cross:路口"),
    *("Harvest:丰收", "Table:餐桌", "Point:角", "Hearth:炉火", "Spring:泉", "Cottage:小屋", "Wood:木", "Street:街"),
    *("Union:联合", "Yard:院", "Ferry:渡口", "Cove:小湾", "Basket:篮", "Corner:街角", "Landing:码头", "Crown:冠"),
    *("Forge:铁匠", "Green:绿地", "Manor:庄园", "Lodge:山庄", "Peak:峰", "Glen:峡谷", "Shore:岸", "Tower:塔"),
    *("Village:村", "Depot:栈", "Mews:马厩", "Court:庭", "Park:公园", "Ranch:牧场", "Square:广场", "Heath:荒原"),
    *("Marsh:湿地", "Vale:溪谷", "Springs:温泉", "Terrace:梯田", "Acre:亩", "Arch:拱门", "Bend:河湾", "Bell:钟"),
    *("Canyon:峡", "Chapel:礼拜堂", "Cellar:窖", "Commons:公地", "Fold:羊栏", "Haven:港湾", "Isle:屿", "Junction:枢纽"),
    *("Knoll:小丘", "Lake:湖", "Mount:岳", "Nook:角落", "Pier:栈桥", "Reach:河段", "Store:铺", "Stead:庄"),
)
STEP = 3_001
"""Coprime to the number of names, so every rank has its own."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes a thing, in both languages; empty for loose goods."""

    en: str
    zh: str


NOBODY = Maker("", "")
OURSELVES = Maker(OWN_LABEL, OWN_LABEL_ZH)


def maker_at(rank: int) -> Maker:
    """Return the invented maker of the manufacturer at `rank`, counted from 0 by lines sold."""
    count = len(FIRST) * len(SECOND)
    if not 0 <= rank < count:
        raise ValueError(f"there are {count} makers, none at {rank}")
    place = rank * STEP % count
    first, first_zh = FIRST[place % len(FIRST)].split(":")
    second, second_zh = SECOND[place // len(FIRST)].split(":")
    return Maker(f"{first} {second}", first_zh + second_zh)
