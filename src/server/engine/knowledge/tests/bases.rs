//! The entries of a shop, in many languages.

/// Twelve entries of an English shop.
pub(super) const ENGLISH: &[(&str, &str)] = &[
    ("What are your opening hours?", "We are open Monday to Friday from 9 am to 6 pm, and on Saturday until 2 pm."),
    ("How much does delivery cost?", "Standard shipping is 4.90 EUR. Orders above 50 EUR are free of charge."),
    ("How long does delivery take?", "Parcels arrive within two to four working days."),
    ("Where is my order?", "Open the link in your confirmation e-mail to track the parcel."),
    ("How can I return an item?", "Send it back within 30 days. The return label is in the parcel."),
    ("When will I get my refund?", "Refunds reach your account five days after we have received the parcel."),
    ("Which payment methods do you accept?", "You can pay by credit card, PayPal or invoice."),
    ("How do I reset my password?", "Choose “Forgot your password?” on the login page and follow the e-mail."),
    ("Can I cancel or change my appointment?", "Yes, up to 24 hours before. Use the link in the confirmation."),
    ("Is there parking nearby?", "There is a car park behind our shop. The first hour is free."),
    ("Do you ship to other countries?", "We deliver to all countries of the European Union."),
    ("How long is the warranty?", "All devices come with a warranty of two years."),
];

/// Twelve entries of a German shop.
pub(super) const GERMAN: &[(&str, &str)] = &[
    ("Wann habt ihr geöffnet?", "Unsere Öffnungszeiten sind Montag bis Freitag von 9 bis 18 Uhr."),
    ("Was kostet die Lieferung?", "Der Versand kostet 4,90 EUR, ab 50 EUR ist er kostenlos."),
    ("Wie lange dauert die Lieferung?", "Pakete kommen in zwei bis vier Werktagen an."),
    ("Wo ist meine Bestellung?", "Mit dem Link in der Bestätigung kannst du das Paket verfolgen."),
    ("Wie kann ich einen Artikel zurückgeben?", "Schick ihn in 30 Tagen zurück. Die Rückgabe ist kostenlos."),
    ("Wann bekomme ich mein Geld zurück?", "Die Erstattung ist fünf Tage nach Eingang des Pakets auf deinem Konto."),
    ("Welche Zahlungsarten gibt es?", "Du kannst mit Kreditkarte, PayPal oder auf Rechnung bezahlen."),
    ("Wie setze ich mein Passwort zurück?", "Wähle „Passwort vergessen“ auf der Anmeldeseite."),
    ("Kann ich meinen Termin absagen oder verschieben?", "Ja, bis 24 Stunden vorher mit dem Link in der Bestätigung."),
    ("Gibt es Parkplätze in der Nähe?", "Hinter unserem Laden ist ein Parkhaus. Die erste Stunde ist frei."),
    ("Liefert ihr auch ins Ausland?", "Wir liefern in alle Länder der Europäischen Union."),
    ("Wie sind eure Öffnungszeiten an Feiertagen?", "An Feiertagen haben wir geschlossen."),
];

/// A few entries in each of other languages.
pub(super) const OTHERS: &[(&str, &str)] = &[
    // French: 0 to 3
    ("Quels sont vos horaires d'ouverture ?", "Nous sommes ouverts du lundi au vendredi de 9 h à 18 h."),
    ("Combien coûte la livraison ?", "La livraison coûte 4,90 euros, elle est gratuite à partir de 50 euros."),
    ("Comment retourner un article ?", "Vous pouvez le renvoyer dans les 30 jours avec l'étiquette du colis."),
    ("Quels moyens de paiement acceptez-vous ?", "Vous pouvez payer par carte bancaire ou avec PayPal."),
    // Spanish: 4 to 7
    ("¿Cuál es el horario de apertura?", "Estamos abiertos de lunes a viernes de 9 a 18 horas."),
    ("¿Cuánto cuesta el envío?", "El envío cuesta 4,90 euros y es gratis a partir de 50 euros."),
    ("¿Cómo puedo devolver un artículo?", "Puede devolverlo en 30 días con la etiqueta que está en el paquete."),
    ("¿Qué métodos de pago aceptan?", "Puede pagar con tarjeta de crédito o con PayPal."),
    // Portuguese: 8 to 11
    ("Qual é o horário de funcionamento?", "Estamos abertos de segunda a sexta das 9h às 18h."),
    ("Quanto custa a entrega?", "A entrega custa 20 reais e é grátis para pedidos acima de 200 reais."),
    (
        "Como faço para trocar um produto?",
        "Você pode enviar o produto em até 30 dias com a etiqueta que está na caixa.",
    ),
    ("Quais são as formas de pagamento?", "Você pode pagar com cartão, boleto ou Pix."),
    // Italian: 12 to 15
    ("Quali sono gli orari di apertura?", "Siamo aperti dal lunedì al venerdì dalle 9 alle 18."),
    ("Quanto costa la spedizione?", "La spedizione costa 4,90 euro ed è gratuita sopra i 50 euro."),
    ("Come posso restituire un articolo?", "Può restituirlo entro 30 giorni con l'etichetta che si trova nel pacco."),
    ("Quali metodi di pagamento accettate?", "Si può pagare con carta di credito o con PayPal."),
    // Dutch: 16 to 19
    ("Wat zijn jullie openingstijden?", "Wij zijn open van maandag tot en met vrijdag van 9 tot 18 uur."),
    ("Wat kost de bezorging?", "De bezorging kost 4,90 euro en is gratis vanaf 50 euro."),
    ("Hoe kan ik een artikel terugsturen?", "Stuur het binnen 30 dagen terug met het etiket dat in het pakket zit."),
    ("Welke betaalmethoden accepteren jullie?", "Je kunt betalen met iDEAL, creditcard of PayPal."),
    // Russian: 20 to 23
    ("Какие у вас часы работы?", "Мы открыты с понедельника по пятницу с 9 до 18 часов."),
    ("Сколько стоит доставка?", "Доставка стоит 300 рублей, от 3000 рублей она бесплатна."),
    ("Как вернуть товар?", "Отправьте его в течение 30 дней с этикеткой из посылки."),
    ("Какие способы оплаты вы принимаете?", "Можно платить картой или наличными."),
    // Turkish: 24 to 27
    ("Çalışma saatleriniz nedir?", "Pazartesiden cumaya saat 9 ile 18 arasında açığız."),
    ("Kargo ücreti ne kadar?", "Kargo 40 lira, 500 lira ve üzeri siparişlerde ücretsizdir."),
    ("Ürünü nasıl iade edebilirim?", "30 gün içinde paketteki etiket ile geri gönderebilirsiniz."),
    ("Hangi ödeme yöntemlerini kabul ediyorsunuz?", "Kredi kartı veya havale ile ödeyebilirsiniz."),
    // Arabic: 28 to 31
    ("ما هي ساعات العمل؟", "نحن مفتوحون من الأحد إلى الخميس من التاسعة حتى السادسة."),
    ("كم تكلفة التوصيل؟", "التوصيل بعشرين ريالا وهو مجاني للطلبات فوق مئتي ريال."),
    ("كيف يمكنني إرجاع المنتج؟", "يمكنك إعادته خلال ثلاثين يوما مع الملصق الموجود في الطرد."),
    ("ما هي طرق الدفع المتاحة؟", "يمكنك الدفع بالبطاقة أو نقدا عند الاستلام."),
    // Chinese: 32 to 35
    ("你们的营业时间是什么？", "周一至周五上午九点到下午六点。"),
    ("运费是多少？", "运费十元，满一百元免运费。"),
    ("如何退货？", "三十天内可以用包裹里的标签寄回。"),
    ("支持哪些付款方式？", "可以使用微信支付、支付宝或信用卡。"),
    // Japanese: 36 to 39
    ("営業時間を教えてください。", "平日の午前九時から午後六時までです。"),
    ("送料はいくらですか？", "送料は五百円です。五千円以上で無料になります。"),
    ("商品を返品できますか？", "三十日以内であれば返品を承ります。"),
    ("支払い方法は何がありますか？", "クレジットカードと銀行振込をご利用いただけます。"),
    // Korean: 40 to 41
    ("영업시간이 어떻게 되나요?", "평일 오전 9시부터 오후 6시까지입니다."),
    ("배송비는 얼마인가요?", "배송비는 3,000원입니다."),
    // Thai: 42
    ("ร้านเปิดกี่โมง", "เปิดวันจันทร์ถึงวันศุกร์ เวลาเก้าโมงถึงหกโมงเย็น"),
];
