"""Fictitious firms, people and goods for the demonstration. Nobody here is real."""

from __future__ import annotations

FIRMS: tuple[tuple[str, str, str], ...] = (
    ("Công ty TNHH Vận tải Hải Ninh Xanh", "5702000101", "VN"),
    ("Công ty CP Logistics Cầu Bắc Luân", "5702000202", "VN"),
    ("Hợp tác xã Nông sản Trà Cổ", "5702000303", "VN"),
    ("Công ty TNHH Thủy sản Vân Đồn Sạch", "5702000404", "VN"),
    ("Công ty CP Container Ka Long", "5702000505-001", "VN"),
    ("Công ty TNHH Sang tải Km3", "5702000606", "VN"),
    ("东兴北仑河物流有限公司", "91450681MA5XDEMO0A", "CN"),
    ("广西防城港跨境运输有限公司", "91450600MA5XDEMO0B", "CN"),
    ("崇左友谊关国际货运有限公司", "91451400MA5XDEMO0C", "CN"),
)
"""Name, tax number, country."""

VN_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
VN_MIDDLE = ("Văn", "Đức", "Quang", "Hữu", "Minh", "Xuân", "Thành", "Thị")
VN_GIVEN = ("Hùng", "Dũng", "Tuấn", "Sơn", "Hải", "Long", "Nam", "Thắng", "Phong", "Hà", "Lan")
CN_FAMILY = ("黄", "韦", "梁", "覃", "陆", "李", "陈", "莫", "农", "蒙")
CN_GIVEN = ("志强", "建国", "伟", "海涛", "小明", "文华", "国栋", "春林", "永福", "丽")

CARGO: tuple[tuple[str, str, str, int], ...] = (
    ("Fresh durian", "08106000", "VN", 18_500),
    ("Dragon fruit", "08109092", "VN", 19_000),
    ("Frozen shrimp", "03061700", "VN", 21_000),
    ("Tapioca starch", "11081400", "VN", 24_000),
    ("Natural rubber", "40012100", "VN", 25_000),
    ("Live crab", "03063300", "VN", 9_000),
    ("Cashew kernels", "08013200", "VN", 20_000),
    ("Electronic parts", "85340000", "CN", 11_000),
    ("Textile fabric", "55151100", "CN", 16_000),
    ("Fresh apples", "08081000", "CN", 20_500),
    ("Machine parts", "84669300", "CN", 17_500),
    ("Household goods", "73239300", "CN", 12_000),
)
"""Description, HS code, origin, usual net weight in kilograms."""

VN_TRUCK_PROVINCES = ("14", "15", "16", "29", "30", "34", "98", "99", "12", "17")
CN_PREFIXES = ("桂P", "桂A", "桂F", "桂N", "粤B", "粤A", "湘A", "云G")
OWNERS = ("CSQU", "MSKU", "TGHU", "OOLU", "TCLU", "CAIU")
"""Container owner codes; the numbers behind them are drawn, with right check digits."""
