"""The words that say what a number is: for each kind its labels, and those of numbers that are nobody's.

Words are normalised (NFKC). English words match whole, in small and capital letters. A longer word wins over one that
it holds: 雇用保険被保険者番号 is not 保険者番号. Families are products, since offices build their labels that way.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from mailguard.inspection.words import Words


class Topic(StrEnum):
    """What a label speaks of. ``NOBODYS``: a number of a thing or an event."""

    MY_NUMBER = "my_number"
    PENSION = "basic_pension_number"
    INSURED = "health_insurance"
    INSURER = "insurer"
    CARE = "care_insured"
    LICENCE = "driver_license"
    PASSPORT = "passport"
    RESIDENCE = "residence_card"
    ACCOUNT = "bank_account"
    DEPOSIT = "deposit"
    CARD = "credit_card"
    EMPLOYMENT = "employment_insurance"
    RESIDENT = "resident_code"
    CORPORATE = "corporate_number"
    MEMBER = "member"
    CONTACT = "contact"
    NOBODYS = "nobodys"


NUMBER_WORDS = ("番号", "No", "No.", "ナンバー", "コード", "ID", "NO")


def family(roots: Iterable[str], ends: Iterable[str] = NUMBER_WORDS) -> frozenset[str]:
    """Every root with every end, as written together, with の and with a blank."""
    return frozenset(
        f"{root}{joint}{end}"
        for root in roots
        for end in ends
        for joint in ("", "の", " ")
        if joint != "の" or end == "番号"
    )


def _keys(*roots: str) -> frozenset[str]:
    """Every root as programs name their fields: cardno, card_no, cardNumber."""
    ends = ("no", "number", "num", "id", "code", "bango", "bangou")
    return frozenset(f"{root}{joint}{end}" for root in roots for joint in ("", "_") for end in ends)


_MEMBERS = family(
    ("会員", "組合員", "職員", "社員", "従業員", "加入者", "学籍", "生徒", "学生", "顧客", "お客様", "利用者", "患者",
     "診察券", "受診者", "受験", "教職員", "共済", "加入", "個人コード", "ユーザー", "ログイン", "登録者", "診察",
     "カルテ"),
)  # fmt: skip

LABELS: dict[Topic, frozenset[str]] = {
    Topic.MY_NUMBER: frozenset({
        "個人番号", "マイナンバー", "マイナンバーカード番号", "マイナンバーカード", "個人番号カード",
        "個人番号通知カード", "マイナ番号", "通知カード", "マイナンバー番号", "特定個人情報", "社会保障・税番号",
        "my number", "mynumber", "my number card", "individual number", "individual no", "individual no.", "my no.",
        "個人番号又は法人番号", "個人番号または法人番号", "個人番号 又は 法人番号", "個人番号・法人番号",
        "法人番号又は個人番号", "個人番号(又は法人番号)", "個人番号もしくは法人番号", "個人No", "マイNo", "共通番号",
        "kojin bango", "my_number", "individual_number",
    }) | _keys("my", "individual", "kojin", "mynumber"),
    Topic.PENSION: frozenset({
        "基礎年金番号", "基礎年金No", "年金番号", "年金手帳", "年金手帳番号", "年金手帳の番号", "基礎年金番号通知書",
        "年金証書", "年金No", "基礎年金", "厚生年金番号", "厚生年金被保険者番号", "国民年金番号", "年金手帳記号番号",
        "年金手帳の記号番号", "年金コード", "基礎年金番号等", "pension number", "pension no", "pension no.",
        "basic pension number", "basic pension no", "pension id", "nenkin",
    }) | _keys("pension", "nenkin", "kiso_nenkin", "kisonenkin", "basic_pension", "basicpension"),
    Topic.INSURER: frozenset({
        "保険者番号", "保険者No", "保険者コード", "保険者等番号", "組合保険者番号", "insurer number", "insurer no",
        "insurer's number", "insurer code", "insurer id",
    }),
    Topic.INSURED: frozenset({
        "被保険者番号", "被保険者証番号", "被保険者証の番号", "被保険者証", "保険証番号", "保険証の番号", "保険証",
        "健康保険証番号", "健康保険証", "健康保険番号", "健保番号", "健康保険被保険者番号", "組合員証番号",
        "組合員証の番号", "組合員証", "組合員等番号", "組合員証記号番号", "組合員証記号・番号", "組合員証等記号・番号",
        "組合員等記号・番号", "組合員等記号番号", "共済組合員証番号", "加入者証番号", "加入者証", "資格確認書番号",
        "資格確認書", "資格情報のお知らせ", "被保険者記号番号", "被保険者記号・番号", "被保険者等記号・番号",
        "被保険者等記号番号", "被保険者証記号番号", "被保険者証記号・番号", "被保険者証等記号・番号",
        "被保険者証等記号番号", "被保険者等番号", "保険証記号番号", "保険証記号・番号", "保険証の記号番号",
        "保険証の記号・番号", "健康保険記号番号", "健康保険記号・番号", "健保記号番号", "健保記号・番号",
        "健康保険証記号番号", "健康保険証の記号・番号", "健康保険証記号・番号", "国民健康保険番号", "国保番号",
        "被扶養者証番号", "組合員被扶養者証", "遠隔地被扶養者証", "高齢受給者証番号", "後期高齢者医療被保険者番号",
        "被保険者証記号", "任意継続被保険者番号", "任継番号", "被保険者No", "保険証No", "組合員証No",
        "被保険者ナンバー", "被保険者コード", "被保険者ID", "記号番号", "記号・番号", "記号/番号", "記号 番号",
        "記号-番号", "記号及び番号", "記号および番号", "記号と番号", "health insurance number", "health insurance no",
        "health insurance card", "insurance number", "insurance no", "insurance card no", "insurance id",
        "insured number", "insured no", "insured person's number", "insured person number",
        "health insurance card number", "health insurance card no",
    }),
    Topic.CARE: frozenset({
        "介護保険被保険者番号", "介護保険番号", "介護保険証番号", "介護保険被保険者証番号", "介護被保険者番号",
        "介護保険被保険者証", "介護保険証", "介護保険No", "care insurance number", "long-term care insurance number",
        "long-term care insurance no",
    }),
    Topic.LICENCE: frozenset({
        "運転免許証番号", "免許証番号", "運転免許番号", "免許番号", "免許", "運転免許証", "免許証", "運転免許",
        "免許証No", "免許No", "運転免許No", "運転免許証No", "免許証の番号", "運転免許証の番号", "免許証ナンバー",
        "自動車免許", "自動車運転免許", "自動車運転免許証番号", "運転経歴証明書", "運転経歴証明書番号", "免許ID",
        "driver's license", "drivers license", "driver license", "driving licence", "driving license",
        "driver's licence", "driver's license number", "driver's license no", "driver license no", "license number",
        "license no", "licence no", "licence number", "dl no", "driver’s license", "driver's license #",
        "driver license number",
    }) | _keys("license", "licence", "driverlicense", "driver_license", "menkyo", "menkyosho"),
    Topic.PASSPORT: frozenset({
        "旅券番号", "旅券No", "パスポート番号", "パスポートNo", "パスポートナンバー", "パスポートID", "パスポート",
        "旅券", "旅券の番号", "パスポートの番号", "パスポートNO", "passport number", "passport no", "passport no.",
        "passport", "passport #", "passport id",
    }) | _keys("passport", "ryoken"),
    Topic.RESIDENCE: frozenset({
        "在留カード番号", "在留カード", "在留カードNo", "在留カードの番号", "在留番号", "在留カード等番号",
        "特別永住者証明書番号", "特別永住者証明書", "在留カードナンバー", "在留No", "在留資格", "外国人登録番号",
        "外国人登録証明書番号", "residence card", "residence card number", "residence card no", "residence card no.",
        "zairyu card", "zairyu card number", "resident card number", "resident card no", "alien registration",
    }) | _keys("residencecard", "residence_card", "zairyu", "zairyucard", "zairyu_card"),
    Topic.ACCOUNT: frozenset({
        "口座番号", "口座No", "口座NO", "口座ナンバー", "口座の番号", "振込口座番号", "振込先口座番号", "預金口座番号",
        "預金番号", "貯金番号", "貯金口座番号", "通帳番号", "通帳の番号", "口座", "振込口座", "振込先口座", "受取口座",
        "指定口座", "引落口座", "給与口座", "返金口座", "送金先口座", "償還口座", "口座コード", "コウザバンゴウ",
        "登録口座", "届出口座", "account number", "account no", "account no.", "acct no", "acct no.", "a/c no",
        "a/c no.", "a/c", "account #", "bank account", "bank account number", "bank account no", "account", "acct",
        "acct.",
    }) | _keys("account", "acct", "koza", "kouza", "bankaccount", "bank_account"),
    Topic.DEPOSIT: frozenset({
        "普通", "普通預金", "普通口座", "普通預金口座", "当座", "当座預金", "当座口座", "貯蓄", "貯蓄預金", "総合口座",
        "通常貯金", "通常貯蓄貯金", " 普 ", "/普/", ",普,", "\t普\t", "・普・", "(普)", "(当)", "(貯)", "普)", "当)",
        "[普]", "[当]", "ordinary account", "ordinary deposit", "savings account", "saving account",
        "checking account", "current account", "savings", "ordinary", "普通預金口座番号", "普通口座番号", "futsu",
        "futsuu", "フツウ", "フツ", "トウザ", "チョチク", "チヨチク", "定期預金", "定期", "納税準備",
        "別段預金", "普預",
    }),
    Topic.CARD: frozenset({
        "クレジットカード番号", "クレジットカード", "クレジット番号", "クレカ番号", "クレカ", "カード番号", "カードNo",
        "カードNO", "カードナンバー", "カードの番号", "会員カード番号", "デビットカード", "デビットカード番号",
        "クレジット", "VISA", "JCB", "MasterCard", "Master", "マスターカード", "アメックス", "AMEX",
        "American Express", "ダイナース", "Diners", "ビザカード", "ビザ", "マスター", "銀聯", "UnionPay",
        "credit card", "credit card number", "credit card no", "card number", "card no", "card no.", "card #", "card",
        "debit card", "Discover", "コーポレートカード", "法人カード",
    }) | _keys("card", "creditcard", "credit_card"),
    Topic.EMPLOYMENT: frozenset({
        "雇用保険被保険者番号", "雇用保険番号", "雇用保険被保険者証", "雇用保険被保険者証番号", "雇用保険者番号",
        "雇用保険No", "雇用保険", "雇保番号", "雇保被保険者番号", "雇用保険の被保険者番号", "雇用保険証番号",
        "雇用保険被保険者No", "雇用保険資格取得", "離職票", "employment insurance", "employment insurance number",
        "employment insurance no", "unemployment insurance",
    }),
    Topic.RESIDENT: frozenset({
        "住民票コード", "住民コード", "住基コード", "住民票CD", "住民票コード番号", "住基ネット",
        "resident register code", "resident record code", "juminhyo code", "resident code",
    }),
    Topic.CORPORATE: frozenset({
        "法人番号", "会社法人等番号", "適格請求書発行事業者登録番号", "登録番号", "インボイス登録番号",
        "インボイス番号", "事業者登録番号", "国税庁法人番号", "法人No", "corporate number", "registration number",
        "qualified invoice issuer", "適格請求書発行事業者番号", "インボイス", "法人マイナンバー", "企業法人番号",
    }),
    Topic.MEMBER: _MEMBERS,
    Topic.CONTACT: frozenset({
        "TEL", "FAX", "電話", "電話番号", "携帯", "携帯電話", "携帯番号", "ファックス", "ファクス", "Phone", "Mobile",
        "郵便番号", "内線", "フリーダイヤル", "生年月日", "誕生日", "金額", "合計", "総額", "日付", "年月日", "支払額",
        "残高", "phone number",
    }),
}  # fmt: skip

_THINGS = (
    "伝票", "送り状", "送状", "お問い合わせ", "お問合せ", "お問合わせ", "問い合わせ", "問合せ", "問合わせ", "追跡",
    "荷物", "お荷物", "配送", "出荷", "発送", "宅配", "配達", "荷物伝票", "注文", "ご注文", "発注", "受注", "オーダー",
    "予約", "ご予約", "確認", "予約確認", "申込", "お申込", "申込み", "お申込み", "申し込み", "受付", "受理", "整理",
    "管理", "ロット", "製造", "シリアル", "製品", "商品", "品目", "品番", "部品", "型", "機種", "機器", "端末",
    "端末製造", "型式", "資産", "備品", "契約", "ご契約", "証券", "保険証券", "請求", "請求書", "ご請求", "請求書No",
    "見積", "見積書", "お見積", "納品", "納品書", "領収", "領収書", "領収証", "取引", "お取引", "決済", "処理",
    "処理通番", "通番", "受取", "承認", "照会", "案件", "起案", "文書", "稟議", "起票", "チケット", "会議",
    "ミーティング", "ウェビナー", "セッション", "ログ", "エラー", "イベント", "リクエスト", "ジョブ", "バッチ",
    "プロジェクト", "工事", "物件", "図面", "図書", "書籍", "蔵書", "検査", "検体", "製造ロット", "許可", "認可",
    "許認可", "届出", "登記", "特許", "出願", "車体", "車台", "車両", "航空券", "便名", "座席", "搭乗", "eチケット",
    "ライセンス", "プロダクト", "お客様注文", "支払", "納付", "納入", "払込", "払込票", "収納", "手形", "小切手",
    "計器", "メーター", "供給地点", "供給地点特定", "地点", "お客様", "基幹", "勘定", "科目", "仕訳", "稼働", "回線",
    "製番", "ISBN", "JAN", "抽選", "当選", "くじ", "宝くじ", "問合", "ケース", "サポート", "保守", "修理", "再配達",
    "集荷", "貨物", "コンテナ", "輸送", "インボイスNo", "控", "受注伝票", "原票", "原票No", "出荷指示", "伝票No",
    "団体", "企業", "事業所", "学校", "店舗",
)  # fmt: skip

NOBODYS = (
    family(_THINGS)
    | frozenset({
        "JANコード", "JAN", "EAN", "ISBN", "ISSN", "IMEI", "IMSI", "ICCID", "SKU", "ASIN", "MAC", "GTIN", "UPC", "DOI",
        "品番", "型番", "型式", "ロット", "Lot", "Lot No", "シリアル", "シリアルNo", "S/N", "SN", "P/N", "製番",
        "製造番号", "バージョン", "ver", "version", "build", "会議ID", "ミーティングID", "meeting id", "webinar id",
        "session id", "セッションID", "パスコード", "passcode", "pin", "txid", "transaction", "transaction id",
        "trace", "trace id", "request id", "event id", "epoch", "timestamp", "タイムスタンプ", "ログID", "uid", "uuid",
        "guid", "message-id", "order", "order no", "order number", "order #", "order id", "invoice", "invoice no",
        "invoice number", "invoice #", "tracking", "tracking number", "tracking no", "tracking #", "tracking id",
        "waybill", "awb", "shipment", "parcel", "booking", "booking no", "booking number", "reservation",
        "reservation no", "confirmation", "confirmation number", "confirmation no", "ticket", "ticket no",
        "ticket number", "ticket #", "case", "case no", "case number", "case #", "ref", "ref.", "reference",
        "reference number", "reference no", "serial", "serial number", "serial no", "model", "model no",
        "product code", "item no", "part no", "quote no", "quotation no", "estimate no", "po no", "po number", "p.o.",
        "contract no", "contract number", "license key", "product key", "policy no", "policy number", "job id",
        "log id", "error code", "エラーコード", "追跡", "送り状", "伝票", "注文", "受注", "予約", "ロットNo",
        "JAN/EAN", "プロダクトキー", "ライセンスキー", "認証コード", "確認コード", "ワンタイムパスワード", "OTP",
        "暗証番号", "管理No", "バーコード", "barcode", "eチケット", "便名", "日時", "発生日時", "お客様番号",
        "お客さま番号", "お問合せ番号", "問い合せ番号", "お問い合せ番号", "ゆうパック", "ヤマト運輸", "佐川急便",
        "クロネコ", "レターパック", "宅急便", "書留", "引受番号", "普通郵便", "ソフトウェア", "口座振替依頼書番号",
        "検索番号", "検索キー", "hash", "ハッシュ", "revision", "commit", "receipt", "receipt no", "教員免許",
        "教員免許状", "教員免許状番号", "免許状番号", "免許状", "領収", "納品", "見積", "請求", "証券番号", "会計番号",
        "入札", "公告", "整理番号", "連番", "通し番号", "処理番号",
    })
)  # fmt: skip

NOT_SOMEBODYS = Words(*NOBODYS)
"""Words before a number that is a thing's or an event's, for detectors that look before a place themselves."""
