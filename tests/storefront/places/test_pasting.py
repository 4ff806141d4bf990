"""Addresses pasted in one piece, as people write them, and what they come to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.accounts.countries import countries_by_name
from storefront.places import china
from storefront.places.pasting import Pasted, read_pasted

NANSHAN = ("广东省", "深圳市", "南山区")
STREET = "科技园南路1号"


def read(text: str, home: str = "CN") -> Pasted:
    return read_pasted(text, home=home, countries=countries_by_name())


@pytest.mark.parametrize(
    "text",
    [
        "张三 13800138000 广东省深圳市南山区科技园南路1号",
        "张三13800138000广东省深圳市南山区科技园南路1号",
        "广东省深圳市南山区科技园南路1号 张三 13800138000",
        "13800138000 张三 广东省深圳市南山区科技园南路1号",
        "13800138000，张三，广东省 深圳市 南山区 科技园南路1号",
        "广东省深圳市南山区科技园南路1号张三 13800138000",
        "张三，138-0013-8000，广东深圳市南山区科技园南路1号",
        "张三 138 0013 8000 广东 深圳 南山区科技园南路1号",
        "张三 １３８００１３８０００ 广东省深圳市南山区科技园南路１号",
        "张三 +86 13800138000 中国广东省深圳市南山区科技园南路1号",
        "收货人：张三\n手机号码：13800138000\n所在地区：广东省深圳市南山区\n详细地址：科技园南路1号",
        "收件人: 张三\n电话: 13800138000\n地址: 广东省 深圳市 南山区 科技园南路1号",
        "姓名：张三，电话：13800138000，地址：广东省深圳市南山区科技园南路1号",
        "张三（收）；13800138000；深圳市南山区科技园南路1号",
        "张三 13800138000 深圳南山区科技园南路1号",
        "张三\t13800138000\r\n广东省深圳市南山区\r\n科技园南路1号",
        "zhangsan@example.com 张三 13800138000 广东省深圳市南山区科技园南路1号",
        "张三 13800138000 13900139000 广东省深圳市南山区科技园南路1号",
    ],
)
def test_one_address_in_any_order_is_the_same(text: str) -> None:
    found = read(text)
    assert (found.name, found.phone, found.country) == ("张三", "13800138000", "CN")
    assert (found.region, found.city, found.district) == NANSHAN
    assert found.street == STREET


@pytest.mark.parametrize(
    ("text", "path", "street"),
    [
        ("上海市浦东新区世纪大道100号", ("上海市", "上海市", "浦东新区"), "世纪大道100号"),
        ("上海市上海市浦东新区世纪大道100号", ("上海市", "上海市", "浦东新区"), "世纪大道100号"),
        ("上海浦东新区世纪大道100号", ("上海市", "上海市", "浦东新区"), "世纪大道100号"),
        ("北京朝阳区建国路88号", ("北京市", "北京市", "朝阳区"), "建国路88号"),
        ("重庆市市辖区渝中区解放碑1号", ("重庆市", "重庆市", "渝中区"), "解放碑1号"),
        ("重庆市县云阳县青龙路2号", ("重庆市", "重庆市", "云阳县"), "青龙路2号"),
        ("广西壮族自治区南宁市青秀区民族大道1号", ("广西壮族自治区", "南宁市", "青秀区"), "民族大道1号"),
        ("广西南宁市青秀区民族大道1号", ("广西壮族自治区", "南宁市", "青秀区"), "民族大道1号"),
        ("内蒙古呼和浩特市赛罕区大学西街235号", ("内蒙古自治区", "呼和浩特市", "赛罕区"), "大学西街235号"),
        ("新疆乌鲁木齐天山区解放路1号", ("新疆维吾尔自治区", "乌鲁木齐市", "天山区"), "解放路1号"),
        ("西藏自治区拉萨市城关区北京中路1号", ("西藏自治区", "拉萨市", "城关区"), "北京中路1号"),
        ("宁夏银川市兴庆区中山北街1号", ("宁夏回族自治区", "银川市", "兴庆区"), "中山北街1号"),
        ("云南省大理白族自治州大理市人民路1号", ("云南省", "大理白族自治州", "大理市"), "人民路1号"),
        ("江苏省昆山市花桥镇绿地大道1号", ("江苏省", "苏州市", "昆山市"), "花桥镇绿地大道1号"),
        ("昆山市玉山镇前进路8号", ("江苏省", "苏州市", "昆山市"), "玉山镇前进路8号"),
        ("吉林市昌邑区解放大路1号", ("吉林省", "吉林市", "昌邑区"), "解放大路1号"),
        ("广东省东莞市南城街道鸿福路1号", ("广东省", "东莞市", ""), "南城街道鸿福路1号"),
        ("河南省济源市沁园路1号", ("河南省", "济源市", ""), "沁园路1号"),
        ("河南省省直辖县级行政区划济源市沁园路1号", ("河南省", "济源市", ""), "沁园路1号"),
        ("海南省三亚市吉阳区迎宾路1号", ("海南省", "三亚市", "吉阳区"), "迎宾路1号"),
        ("香港特别行政区九龙旺角弥敦道500号", ("香港特别行政区", "", ""), "九龙旺角弥敦道500号"),
        ("南山区科技园1号", ("", "", ""), "南山区科技园1号"),
        ("四川省成都市高新区天府大道1号", ("四川省", "成都市", ""), "高新区天府大道1号"),
        ("湖北省武汉市武昌区中南路7号", ("湖北省", "武汉市", "武昌区"), "中南路7号"),
    ],
)
def test_the_path_from_the_province_down_however_it_is_written(
    text: str, path: tuple[str, str, str], street: str
) -> None:
    found = read(f"王小明 13912345678 {text}")
    assert (found.name, found.phone) == ("王小明", "13912345678")
    assert ((found.region, found.city, found.district), found.street) == (path, street)


@pytest.mark.parametrize(
    ("text", "name", "phone"),
    [
        ("欧阳娜娜 13800138000", "欧阳娜娜", "13800138000"),
        ("买买提·艾力 13800138000", "买买提·艾力", "13800138000"),
        ("李女士 13800138000", "李女士", "13800138000"),
        ("John Smith 13800138000", "John Smith", "13800138000"),
        ("教务处 010-62751234", "教务处", "010-62751234"),
        ("王五 0755-26001234转8001", "王五", "0755-26001234-8001"),
        ("王五 (020)38001234", "王五", "020-38001234"),
        ("陈大文 +852 2345 6789", "陈大文", "+852 2345 6789"),
        ("13800138000", "", "13800138000"),
        ("张三", "张三", ""),
    ],
)
def test_a_name_and_a_phone_of_any_kind(text: str, name: str, phone: str) -> None:
    for whole in (f"{text} 广东省深圳市南山区{STREET}", f"广东省深圳市南山区{STREET} {text}"):
        found = read(whole)
        assert (found.name, found.phone, found.street) == (name, phone, STREET)


def test_a_postcode_is_told_from_numbers_of_houses() -> None:
    assert read(f"张三 13800138000 广东省深圳市南山区{STREET} 518057").postcode == "518057"
    found = read("张三 13800138000 广东省深圳市南山区科技园123456号")
    assert (found.postcode, found.street) == ("", "科技园123456号")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "John Smith\n123 Main St Apt 4\nSpringfield, IL 62704\nUSA\n(217) 555-0123",
            ("John Smith", "(217) 555-0123", "US", "IL", "Springfield", "123 Main St Apt 4", "", "62704"),
        ),
        (
            "John Smith, 123 Main St, Apt 4, Springfield, IL 62704, USA",
            ("John Smith", "", "US", "IL", "Springfield", "123 Main St", "Apt 4", "62704"),
        ),
        (
            "Jane Doe\n350 Fifth Avenue\nNew York NY 10118-0110",
            ("Jane Doe", "", "US", "NY", "New York", "350 Fifth Avenue", "", "10118-0110"),
        ),
        (
            "Name: Ada Lovelace\nPhone: 212-555-0199\nAddress: 5 Park Row, New York, NY 10038",
            ("Ada Lovelace", "212-555-0199", "US", "NY", "New York", "5 Park Row", "", "10038"),
        ),
        (
            "Jane Doe\n1 Infinite Loop\nCupertino, California 95014\n+1 408-996-1010",
            ("Jane Doe", "+1 408-996-1010", "US", "CA", "Cupertino", "1 Infinite Loop", "", "95014"),
        ),
        (
            "Erika Mustermann\nMusterstraße 12\n10115 Berlin\nGermany\n+49 30 1234567",
            ("Erika Mustermann", "+49 30 1234567", "DE", "", "Berlin", "Musterstraße 12", "", "10115"),
        ),
        (
            "Sherlock Holmes\n221B Baker Street\nLondon\nNW1 6XE\nUnited Kingdom",
            ("Sherlock Holmes", "", "GB", "", "London", "221B Baker Street", "", "NW1 6XE"),
        ),
        (
            "Jean Tremblay\n1000 Rue Sherbrooke O\nMontréal QC H3A 3G4\nCanada",
            ("Jean Tremblay", "", "CA", "QC", "Montréal", "1000 Rue Sherbrooke O", "", "H3A 3G4"),
        ),
        ("123 Main St", ("", "", "US", "", "", "123 Main St", "", "")),
    ],
)
def test_a_block_that_begins_with_the_smallest_place(text: str, expected: tuple[str, ...]) -> None:
    found = read(text, home="US")
    area = (found.country, found.region, found.city, found.street, found.street2, found.postcode)
    assert (found.name, found.phone, *area) == expected


def test_an_address_of_china_in_latin_letters() -> None:
    found = read("Room 1203, 1 Keyuan South Road, Nanshan District, Shenzhen, Guangdong, China 518057", home="US")
    assert (found.country, found.region, found.city, found.district, found.postcode) == ("CN", *NANSHAN, "518057")
    assert found.street == "Room 1203, 1 Keyuan South Road"


@pytest.mark.parametrize("text", ["", "  \n ", "hello", "13800138000", "!!!", "，，，", "a" * 5000])
def test_what_is_no_address_says_so(text: str) -> None:
    assert read(text, home="US").is_empty


@given(st.sampled_from(china.PROVINCES), st.data())
def test_every_place_of_china_is_read_back(province: str, data: st.DataObject) -> None:
    cities = china.cities_of(province)
    city = data.draw(st.sampled_from(cities)) if cities else ""
    districts = china.districts_of(province, city)
    district = data.draw(st.sampled_from(districts)) if districts else ""
    shown = "" if city == province else city
    found = read(f"张三 13800138000 {province}{shown}{district}人民路1号")
    assert (found.region, found.city, found.district, found.street) == (province, city, district, "人民路1号")


@given(st.text(max_size=700), st.sampled_from(["CN", "US", "DE", "GB"]))
def test_no_text_breaks_it(text: str, home: str) -> None:
    found = read(text, home=home)
    assert all(len(value) <= 600 for value in found.as_fields().values())
