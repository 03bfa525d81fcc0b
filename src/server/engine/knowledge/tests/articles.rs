//! More articles, as a clinic, a school, a gym, a hotel and a courier write them: with answers of a sentence to a paragraph.

pub(super) const ALL: &[(&str, &str)] = &[
    // English
    (
        "Do I need a referral?",
        "No referral is needed for a first visit. Bring your insurance card and a list of the medicines that you take.",
    ),
    (
        "How do I prepare for a blood test?",
        "Please come fasting: no food for eight hours before. Water is fine. The laboratory opens at seven and no booking is needed.",
    ),
    (
        "Can I freeze my membership?",
        "You can pause it for up to three months a year at the front desk. The fee while paused is five pounds.",
    ),
    (
        "What should I bring to the first class?",
        "Comfortable clothes, indoor trainers and a bottle. Towels and mats are provided by the studio.",
    ),
    (
        "Is breakfast included?",
        "A continental buffet is served from half past six in the garden room and is part of every room rate.",
    ),
    (
        "When can I check in?",
        "Rooms are ready from three in the afternoon. Luggage may be left with the porter before that.",
    ),
    ("Do you take pets?", "Small dogs stay for fifteen euros a night. Cats and birds are welcome without a charge."),
    ("Is gift wrapping possible?", "Tick the box in the basket and we add silver paper and a handwritten note."),
    // Portuguese
    (
        "Preciso de encaminhamento?",
        "Para a primeira consulta basta trazer o documento de identidade e a carteirinha do convênio.",
    ),
    ("Vocês aceitam animais?", "Cachorros de pequeno porte são bem-vindos mediante taxa de cinquenta reais por noite."),
    (
        "O café da manhã está incluso?",
        "Servimos um bufê completo das seis e meia às dez no salão do jardim, já incluído na diária.",
    ),
    (
        "Posso congelar a matrícula?",
        "O aluno pode trancar por até noventa dias, avisando a recepção com uma semana de antecedência.",
    ),
    // Spanish
    (
        "¿Necesito cita previa?",
        "Atendemos sin turno por orden de llegada, aunque los sábados recomendamos reservar por teléfono.",
    ),
    ("¿Admiten mascotas?", "Los perros pequeños pagan quince euros por noche; los gatos se alojan sin recargo."),
    ("¿El desayuno está incluido?", "Servimos un bufé continental desde las seis y media en el salón del jardín."),
    (
        "¿Cómo me preparo para el análisis?",
        "Venga en ayunas de ocho horas. Puede beber agua. El laboratorio abre a las siete.",
    ),
    // German
    (
        "Brauche ich eine Überweisung?",
        "Für den ersten Besuch reicht die Versichertenkarte. Bringen Sie bitte eine Liste Ihrer Medikamente mit.",
    ),
    (
        "Kann ich meinen Vertrag pausieren?",
        "Eine Ruhezeit von drei Monaten im Jahr ist möglich, die Gebühr beträgt dann fünf Euro.",
    ),
    (
        "Ist das Frühstück inbegriffen?",
        "Ein reichhaltiges Buffet gibt es ab halb sieben im Gartensaal, es gehört zu jedem Zimmerpreis.",
    ),
    ("Sind Haustiere erlaubt?", "Kleine Hunde übernachten für fünfzehn Euro, Katzen und Vögel kostenlos."),
    // Indonesian
    (
        "Apakah perlu surat rujukan?",
        "Untuk kunjungan pertama cukup membawa kartu asuransi dan daftar obat yang sedang diminum.",
    ),
    ("Boleh membawa hewan peliharaan?", "Anjing kecil dikenakan biaya seratus ribu rupiah semalam, kucing gratis."),
    (
        "Apakah sarapan termasuk?",
        "Prasmanan tersedia mulai pukul setengah tujuh di ruang taman dan sudah termasuk harga kamar.",
    ),
    // Hindi, in both scripts
    ("क्या रेफरल ज़रूरी है?", "पहली बार आने पर केवल बीमा कार्ड और दवाइयों की सूची लाएँ।"),
    ("क्या नाश्ता शामिल है?", "बगीचे वाले कमरे में सुबह साढ़े छह बजे से बुफे मिलता है।"),
    ("kya pet la sakte hain?", "chhote kutte ek raat ke liye paanch sau rupaye dete hain, billi muft hai."),
    // Arabic
    ("هل أحتاج إلى تحويل؟", "في الزيارة الأولى تكفي بطاقة التأمين وقائمة الأدوية التي تتناولها."),
    ("هل الإفطار مشمول؟", "يقدم بوفيه كامل من السادسة والنصف في قاعة الحديقة ضمن سعر الغرفة."),
];
