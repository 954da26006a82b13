"""Of what the invented company's names and notes are put together."""

from __future__ import annotations

from typing import Final

COLLEAGUES: Final = tuple(
    f"{given} {family}"
    for given in ("Olav", "Berit", "Anil", "Chiara", "Dmitri", "Emre", "Fatou", "Goran")
    for family in ("Owner", "Seller", "Keeper", "Farmer", "Rider")
)

_WORDS: Final = {
    "syllable": (
        "Hal Bor Quil Söder Or Lum Ter Van Mar Kel Dra Fen Gri Høy Ist Jor Kra Lin Mol Nor Öst Pel Rav Sil "
        "Tor Ulv Vik Wes Xan Yor Zel Ås Brun Cal Del Eik Fal Gar Hed Ing"
    ),
    "middle": (
        "a e i o u en er an or el il un ar em is ve da ri to ma la ne su ko ba gé dø lý mü na re se ti vo wa "
        "ze ch st nd rk"
    ),
    "end": (
        "dal vik berg stad mann tech ford heim lund ström sen son ton ville by feld bruck haven gate more "
        "stein wald nes øy gård mark port sund tal val"
    ),
    "family_end": "dal vik berg mann lund ström sen son ton by stein wald nes gård sund strand moen haug rud land",
    "trade": (
        "Maritime Foods Works Health Energy Freight Optics Software Consulting Logistik Systems Travel Bank "
        "Pharma Textil Papier Steel Elektro Media Design Farms Insurance"
    ),
    "given": (
        "Kari Jonas Marit Lars Anna Peter Sofia José Zoë Björn Ana Luis Marie Pierre Giulia Marco Aisha Omar "
        "Yuki Ken Priya Ravi Emma Noah Olivia Liam Chloé François Jürgen Ingrid Søren Astrid"
    ),
    "family": (
        "Lund Hansen Müller Schmidt García Rossi Dubois Novák Kowalski Jansen Andersson Virtanen Smith Jones "
        "Brown Kim Park Singh Kaur Patel Silva Santos Costa Öberg Åkerman Yılmaz Demir Haddad"
    ),
    "mail": "kari jonas marit lars anna peter sofia jose zoe bjorn ana luis marie pierre giulia marco",
    "cyrillic_form": "ООО АО ЗАО ИП ПАО",
    "cyrillic_stem": (
        "Север Восток Транс Техно Агро Пром Строй Мет Энерго Авто Гидро Лес Хим Сиб Урал Волга Нева Балт Дон "
        "Юг Кама Обь Мос Рус Евро Интер Альфа Вега Орион"
    ),
    "cyrillic_end": (
        "сервис торг снаб маш груп инвест логистик продукт монтаж банк связь софт фарм мебель текстиль сталь "
        "нефть газ порт флот лайн холдинг"
    ),
    "cyrillic_given": "Иван Мария Дмитрий Ольга Сергей Анна Алексей Елена Николай Наталья Павел Татьяна",
    "cyrillic_family": "Иванов Петров Сидоров Кузнецов Смирнов Попов Волков Соколов Лебедев Козлов Новиков Морозов",
    "chinese_city": "上海 北京 深圳 广州 杭州 成都 武汉 南京 天津 苏州 青岛 厦门",
    "chinese_stem": "海 联 华 新 永 恒 金 龙 东 方 明 星 天 宇 瑞 祥 国 泰 安 康 远 大 中 兴 同 创",
    "chinese_end": "达 通 丰 源 盛 利 和 信 成 美 佳 德 顺 隆 益 嘉 润 博 凯 捷",
    "chinese_trade": "贸易 科技 物流 电子 食品 医药 机械 软件 建设",
    "chinese_family": "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗",
    "chinese_given": "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀 霞 平 刚 桂 英 华 玉",
    "state": "customer customer customer customer customer customer former prospect suspect in_sales_cycle",
    "industry": "Shipping Food Machinery Health Energy Finance Retail Education Media Farming Chemistry Travel",
    "country": "NO DE US JP BR SE FR GB IT PL RU CN",
    "dialling": "47 49 1 81 55 46 33 44 39 48 7 86",
    "city": "Oslo Bergen Hamburg München Lyon Leeds Milano Gdańsk Göteborg Osaka Santos Denver",
    "subject": "Call Meeting Review Demo Visit Follow-up Rückruf Réunion Встреча 会议",
    "topic": (
        "berths invoices onboarding renewal pricing outage migration reporting "
        "training roadmap contract delivery support feedback integration "
        "security audit forecast Lieferung Rechnung Vertrag livraison facture "
        "поставка договор 合同 交货"
    ),
}
_PHRASES: Final = {
    "form": "GmbH|AS|Ltd|GmbH|AG|Inc|SARL|AB|BV|GmbH & Co. KG|S.p.A.|Oy|LLC",
    "position": "Head of planning|CFO|Buyer|Product owner|IT lead|Managing director|Engineer|",
    "opening": "Spoke of|They asked about|We agreed on|Besprochen:|Ils demandent|Обсудили|讨论了",
    "sentence": (
        "Delivery was late twice and the plant stood still for a day.|"
        "They want the new version before the summer and a price for two years.|"
        "The export of the monthly report takes too long.|Budget is decided in October by the board.|"
        "Die Lieferung kam verspätet, der Kunde ist verärgert.|"
        "Le renouvellement dépend de la livraison du module mobile.|"
        "Клиент просит скидку и новый договор до конца года.|客户希望在春节前完成系统升级。|"
        "Kari showed the dashboard to her colleagues and nobody missed the old one.|"
        "Two competitors were there last week with a lower offer.|"
        "Support answered within the hour; they noticed.|No decision before the audit is over."
    ),
}
ARRAYS: Final[dict[str, tuple[str, ...]]] = {
    **{name: tuple(text.split()) for name, text in _WORDS.items()},
    **{name: tuple(text.split("|")) for name, text in _PHRASES.items()},
}
