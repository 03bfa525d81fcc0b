//! Words that say nothing about what a question is about: articles, pronouns, question words, greetings, politeness.
//!
//! The lists do two jobs. They tell the language of a text, and they keep "what are you" from matching every entry
//! that begins with "What are". They are written folded (no diacritics), as the words are compared. An apostrophe
//! ends a word, so "don't" is listed as "don".

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use super::{
    language::{Language, Languages},
    text::fold,
};

/// Whether a stop word says what kind of answer is asked for: "how long" and "how much" are different questions.
pub(super) fn is_question_word(folded: &str) -> bool {
    static WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| QUESTION_WORDS.split_whitespace().collect());
    WORDS.contains(folded)
}

/// The languages in which a folded word is a stop word.
pub(super) fn stop_languages(folded: &str) -> Languages {
    static WORDS: LazyLock<HashMap<String, Languages>> = LazyLock::new(|| {
        let mut words = HashMap::<String, Languages>::new();
        for language in Language::ALL {
            for word in language.stop_words().split_whitespace() {
                words.entry(fold(word)).or_default().insert(*language);
            }
        }
        words
    });
    WORDS.get(folded).copied().unwrap_or_default()
}

/// Folded, and each a stop word of its language too.
const QUESTION_WORDS: &str = "\
    when where wheres who whos why much many long wann wo woher wohin wer warum wieso wieviel \
    viel viele lange dauer dauert quand ou qui pourquoi combien cuando donde quien cuanto cuanta cuantos cuantas onde quem quanto \
    quanta quantos quantas quando dove chi perche quanti quante wanneer waar wie waarom hoeveel hoelang nar vem varfor \
    lange hvor hvornar hvem hvorfor milloin missa mista mihin kuka miksi paljonko mikor hol hova ki miert mennyi cand \
    unde cine cat cata cati cate nerede nereden nereye kim neden nicin kac kapan dimana mana siapa kenapa berapa kiedy \
    gdzie kto dlaczego ile когда где куда кто почему сколько долго متي اين كم بكم لماذا πότε που πόσο कब कहाँ कहां कौन \
    क्यों कितना कितने कितनी";

pub(super) const ENGLISH: &str = "a about all also am an and any anyone are as at be because been but by can could d \
    dear did do does doing don doesn didn done each else ever every for from get getting give go going good got had \
    has hasn have haven having he hello help her here hey hi him his hope how i if in into is isn it its just know let \
    like ll long look looking m make many may maybe me might mine more most much must my need no not now of off ok \
    okay on one only or other our out over own please pls possible question quick quickly re really regards s shall \
    she should so some someone something soon sorry still such t take tell than thank thanks that the their them then \
    there these they thing things this those to today tomorrow too u up us ur ve very want wanted was we well were what whats when where wheres hows whos find nearby near \
    whether which who whom whose why will with won wonder wondering would yes yet you your yours";

pub(super) const GERMAN: &str = "aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bleibt bleiben dauer dauert dauern finde finden \
    bin bis bitte brauche braucht da dabei dafur damit danke dann daran darauf das dass davon dazu dein deine dem den \
    denn der des dich die dies diese diesem diesen dieser dieses dir doch du durch ein eine einem einen einer eines \
    er es etwas euch euer eure euren eurer fur gabe geht gern gerne gibt guten gruß gruße hab habe haben habt hallo hat \
    hatte hatten heute hey hier hin hi ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in ins ist ja jede jeden jeder \
    jemand jetzt kann kannst kein keine keinen konnen konnte konnt lange leider lieber ma mal man mehr mein meine \
    meinem meinen meiner mich mir mit mochte mochten morgen muss mussen nach nein nicht noch nun nur ob oder ohne schon \
    sehr sei sein seine sich sie sind so soll sollen sollte sowie tag uber um und uns unser unsere viel viele vielen vom \
    von vor wann war waren warum was weil welche welchem welchen welcher welches wem wen wenn wer werde werden wie wieder \
    wieso wieviel will wir wird wo woher wohin wollen wollte wurde wurden wusste zu zum zur guter gute guten abend moin";

pub(super) const FRENCH: &str = "a ai aller aujourd hui alors apres as au aucun aussi autre aux avec avez avoir avons besoin bien \
    bon bonjour bonsoir c ca car ce ceci cela ces cet cette chez ci comment combien comme d dans de depuis des dire \
    dois doit donc du dure durent elle elles en encore entre es est et etait etes etre eu eux fait faire faites faut il ils j je \
    jusqu l la le les leur leurs lui m ma madame mais me meme mes merci moi mon monsieur n ne ni non nos notre nous on \
    ont ou oui par parce pas peu peut peuvent peux plait plus pour pourquoi pourrais pourriez pouvez pouvoir puis qu \
    quand que quel quelle quelles quels qui quoi s sa salut sans se ses si soit son sont sous souhaite sur svp t ta \
    te tes toi ton tous tout toute toutes tres trop tu un une va vais vers veux vos votre voudrais voulez vous y etc";

pub(super) const SPANISH: &str = "a ahora al algo algun alguna algunos ante antes aqui asi aun ayuda buenas buenos bien \
    cada como con cual cuales cuando cuanta cuantas cuanto cuantos de del desde dia dias donde dos durante e el ella \
    ellas ellos en entre era es esa ese eso esta estan estas este esto estos estoy favor fue gracias gustaria ha haber \
    hace hacer hacen hago han has hasta hay he hola hoy la las le les lo los mas me mi mis mucho muchas muy necesito ni no \
    nos nosotros nuestra nuestro o os otra otro para pero poco podria podrias por porque pregunta puede pueden puedes \
    puedo pues que quien quiero quisiera sabe saber se sea ser si sin sobre sois somos son soy su sus tal tarda tardan demora tambien \
    tan tardes te tenemos tener tengo tiene tienen tienes ti todo todos tu tus un una uno unos unas usted ustedes va \
    vosotros voy y ya yo noches";

pub(super) const PORTUGUESE: &str = "a agora ai ainda ajuda alguem algum alguma alguns ao aos aqui as ate bem boa bom \
    cada com como consigo da daqui das de dela dele demora depois desde dia do dos duvida e ela elas ele eles em entre era \
    essa esse esta estao estar estou este eu fica ficam favor faco faz fazem fazer foi for gostaria ha hoje isso isto ja la \
    lhe mais mas me mesmo meu meus minha minhas muito na nao nas nem no noite nos nossa nosso num numa o obrigada \
    obrigado oi ola onde os ou para pela pelo per pode podem poderia porque posso pra preciso qual quais quando quanta \
    quanto quantos que quem quer quero se sem ser seu seus sim so sobre sou sua suas tambem tao tarde te tem tenho ter \
    teu toda todo todos tu tudo um uma umas uns vai vao vc voce voces vos vou";

pub(super) const ITALIAN: &str = "a abbiamo ad ai al alcuni alla alle allo altri altro anche ancora avere avete aver \
    avuto bisogno buona buonasera buongiorno c che chi ci ciao cio come con cosa cui d da dagli dai dal dalla dalle \
    degli dei del dell della delle dello di dopo dove dura e ed era esse essere esserci fa faccio fare favore fino fra gia \
    giorno gli grazie ha hai hanno ho i il in io l la le lei li lo loro lui ma mi mia miei mio molto ne negli nei nel \
    nell nella nelle noi non nostra nostro o oggi ogni oltre oppure per perche piu po poi posso possiamo possono potete \
    potrei prego pure qual quale quali quando quanta quanti quanto quella quello questa queste questi questo qui sapere \
    sara se senza si sia siamo siete solo sono sto su sua sue sui sul sulla suo tra tu tua tuo tutte tutti tutto un una \
    uno va vi voglio voi vorrei vostra vostre vostri vostro salve";

pub(super) const DUTCH: &str = "aan al alle alleen alles als alstublieft altijd andere bedankt ben bent bij bijna \
    binnen daar dag dan dank dat de der deze die dit doe doen doet door dus duurt een eens en er erg even gaan gaat geen graag \
    goed goede goedemorgen haar had hallo heb hebben hebt heeft hem hen het hier hij hoe hoelang hoeveel hoi hun iemand \
    iets ik in is ja je jij jou jouw jullie kan krijg krijgen kun kunnen kunt kon lang maak maar mag mee meer met me mij \
    mijn misschien moet moeten morgen na naar nee niet nodig nog nu of om omdat ons onze ook op over s t te toch tot u \
    uit uw van vanaf vandaag veel voor vraag waar waarom wanneer want waren was wat weer weet wel welk welke werd wie wij wil \
    willen word worden wordt wou zal ze zelf zich zij zijn zo zonder zou";

pub(super) const SWEDISH: &str = "alla allt an att av bara behover bli blir da de dem den denna deras det detta dig din \
    dina dom du eller en er era ert ett finns fran for fa far ga gar god ha han har hej hejsan henne hennes hon hur i \
    icke ifran igen in inte ja jag kan kom kommer kunna lange man mig min mina mitt mot mycket mer men med ner ni nagon \
    nagot nar nej nu och ocksa om oss pa sa sag sedan ser sig sin ska skulle som snalla tack till tacksam under upp ut \
    utan vad var vara varfor varit vart vem vi vid vill vilka vilken vilket";

pub(super) const DANISH: &str = "ad af alle alt andre at bare blev blive bliver da de dem den denne der deres det dette \
    dig din dine disse dit dog du efter eller en end er et fa far for fra gerne god goddag gor ham han har have havde \
    hej hende her hos hun hvad hvem hvilke hvilken hvor hvordan hvorfor hvornar hvis i ikke ind ja jeg jer jeres kan kom \
    kommer kunne lang lige ma man mange med meget men mig min mine mit mod mere nar nej noget nogen nogle nu og ogsa om \
    op os over pa sa sig sin skal skulle som tak til ud under var ved venlig vi vil ville vaere vaeret";

pub(super) const NORWEGIAN: &str = "alle alt andre at av bare ble bli blir da de dem den denne der dere deres det dette \
    din dine disse ditt du eller en enn er et ett etter fa far for fra finnes gjor gjerne god ha hadde han har hei henne \
    her hos hun hva hvem hvilke hvilken hvis hvor hvordan hvorfor i ikke inn ja jeg kan kom kommer kunne lang lenge ma \
    man mange med meg meget men mer min mine mitt mot mye nar nei noe noen na og ogsa om opp oss over pa sa seg sin \
    skal skulle som takk til ut under uten vaere vaert var ved vennligst vi vil ville deg";

pub(super) const FINNISH: &str = "ei eivat ehka en enta etta haluan han hanen hei he heidan hyva hyvaa ja jo jos joka \
    jotka kai kanssa kiitos kuin kuka kuinka kun kuten kylla koska ketka mika mikä mikali mina minka minun minulle minua \
    missa mita mihin milloin mista miten moi moikka mutta myos ne nama niin niita no nyt olen olet oletko olette on \
    onko ole oli olla olisi ovat pitaa saa saan saako se sen sina sinun siella sita siis tai taalla tama taman te teidan \
    teilla teille tarvitsen tata vai vain vaan voi voin voinko voiko voit voitte voisin voiko paljonko paljon miksi";

pub(super) const HUNGARIAN: &str = "a abban ahogy aki akkor alatt amely amelyek ami amikor annak az azert azok azt azzal \
    be csak de e egy egyik el ennek es ez ezek ezen ezt fel hanem hany hello hogy hogyan hol ha igen ide is itt jo kell \
    ki kerem keszonom koszonom koszi lehet lenne lesz le maga majd meg meddig melyik mennyi mennyibe mert mi mibe miert \
    mik mikor milyen mit mind mint most nagyon nekem nem nincs o ok on onok ott pedig sem szeretnek szeretnem szia \
    tud tudok tudom tudnak ugy utan vagy vagyok vagyunk van vannak volt volna";

pub(super) const ROMANIAN: &str = "a acea aceasta acest aceste acesta acestea aceea ai aici al ale alt am ar are as asta \
    atat au avea aveti avem bine buna ca care cand cat cata cate cati ce cel cele ceva cine cu cum cumva da daca de \
    deci despre din doar dori doresc dupa ea ei el ele este esti eu exista fac face faceti fara fi fie fost iar il imi \
    in inca intre intr isi la le lor lui mai ma mea mele mi mult multe multumesc ne nevoie ni nici noastra nostru nu o \
    ori pana pe pentru poate pot puteti prin putea sa sau se si sunt sunteti te tot toate un una unde unei unor unui \
    va vă va vor voi vreau vreo vrea vom zi ziua salut";

pub(super) const TURKISH: &str = "acaba ama bana bazi belki ben benim bir biraz biri biz bize bizim bu bunu bunun burada \
    cok cunku da daha de degil diger en fakat gibi gore gunaydin gun hangi hem hep her hic icin ile ise istiyorum iyi \
    kac kadar ki kim kimin lutfen m mi mu mudur midir merhaba misiniz musunuz musun misin muyum miyim nasil ne neden \
    nedir neler nerede nereden nereye neyi nicin niye o olarak olan oldu olur olabilir ona onlar onu onun orada oysa \
    sadece sana selam sen senin siz size sizin sonra su tesekkurler tesekkur tum uzere var varmi ve veya ya yani yok \
    zaman ediyor ediyorsunuz ederim misunuz yapabilirim yapiyor alabilir alabilirim eder";

pub(super) const INDONESIAN: &str = "ada adalah agar akan aku anda apa apakah atau bagaimana bagi bahwa baik banyak \
    belum berapa bisa bisakah boleh bolehkah dalam dan dari dengan di dia dimana dong gak gimana hai halo hanya harus \
    hari ini itu iya jadi jika juga kah kak kalau kami kamu kan kapan karena kasih kau ke kenapa kepada kita lagi lah \
    mana masih mau mereka min minta mohon nya oleh pada pagi para permisi perlu punya saja sangat saya sebuah sedang \
    sekarang selamat siang siapa sudah tapi telah tentang terima tidak tolong untuk ya yang";

pub(super) const POLISH: &str = "a aby ale albo bardzo bez bo by byc byl byla bylo ci chce chcialbym chcialabym co czego \
    czemu czy czym dla dlaczego do dobry dzien dzieki dziekuje gdy gdzie go i ich ile im innych is ja jak jaka jaki \
    jakie jako je jego jej jest jestem jesli jeszcze juz kiedy kogo kto ktora ktore ktory ktorych lub ma macie mam mamy \
    mi mnie moge moj moja moje mogla moze mozna mozecie musze my na nam nas nasz nasza nie niego nim niz no o od on \
    ona one oni oraz panstwo panstwa po pod poprosze prosze przed przez przy raz sa sie sobie swoj ta tak takie tam te \
    tego tej ten tez to tu tutaj ty tych tylko tym u w wam was wasz wasza wasze we wiec witam wszystko z za ze";

pub(super) const RUSSIAN: &str = "а без более бы был была были было быть в вам вами вас ваш ваша ваше ваши вашего вашей \
    вашем вашу во вот все всё всего всех вы где да давайте даже для до добрый доброе день долго его ее ей ему если есть \
    еще же за здравствуйте здесь и из или им их к как какая какие каким каков какого какой какое какую когда кого кто \
    ку куда ли либо лучше меня мне много могу может можете можно мой мои моя мы на над надо нам нас наш нашего не него \
    нее ней нельзя нет ни них но ну нужен нужна нужно о об один он она они оно от очень по под подскажите пожалуйста \
    после потом почему при привет про работает с сейчас скажите сколько со спасибо так также такой там то того тоже \
    только том тот тут ты у уже утро хотел хотела хочу хотелось чего чем через что чтобы эта эти это этого этой этот \
    эту я";

pub(super) const ARABIC: &str = "أن إن إلى او أو أي أين ايه اين إذا اذا أنا انا أنت انت أنتم التي الذي الى الآن ان انتم \
    اريد أريد بعد بكم بين تلك تم ثم حتى حول خلال ذلك شكرا صباح عليكم السلام مرحبا مرحبًا عن عند عندكم على علي فقط في \
    فيه فيها قبل قد كان كانت كل كم كما كيف لا لدي لديكم لكم لك لكن لم لماذا لن له لها لو لي ليس ما ماذا ماهو ماهي متى \
    مع من منذ من فضلك فضلكم نعم نحن هذا هذه هل هم هنا هناك هو هي و وهل وما ومتى يا يكون يمكن يمكنني يمكنكم استطيع \
    أستطيع ممكن هلا الخير";

pub(super) const GREEK: &str = "ο η το οι τα του της των τον την τους τις στο στη στην στον στα στους στις και κι ή αν \
    για με σε απο να θα δεν μη μην που πως πότε ποτε πού πώς τι ποιος ποια ποιο ποιες είναι ειμαι εχω έχετε εχει εγώ \
    εσείς εμείς μου σου σας μας αυτό αυτή αυτός ένα μια ενας γεια παρακαλώ ευχαριστώ μπορώ μπορείτε θέλω πόσο ποσο \
    καλημέρα ναι όχι";

pub(super) const TAMIL: &str = "ஒரு என்று மற்றும் இந்த இது என்ற கொண்டு என்பது பல ஆகும் அல்லது அவர் நான் உள்ள அந்த இவர் என \
    முதல் என்ன இருந்து சில என் வேண்டும் எப்படி எங்கே எப்போது உங்கள் நீங்கள் வணக்கம் நன்றி எவ்வளவு எனது முடியுமா";

pub(super) const HINDI: &str = "का के की को में है हैं से पर और या यह वह ये वे क्या कैसे कब कहाँ कहां कौन क्यों कितना कितने \
    कितनी मैं मेरा मेरी मेरे मुझे आप आपका आपकी आपके हम हमारा हमें ने तो ही भी नहीं एक लिए कर करें करना करते सकता सकते सकती हूँ हूं था थी \
    थे होता होती होते हो जी नमस्ते कृपया धन्यवाद चाहिए";

/// The most characters of one of the [`PHRASES`].
pub(super) const PHRASE_MAX: usize = 6;

/// The same for scripts without spaces.
pub(super) static PHRASES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    "请问 請問 什么 什麼 怎么 怎麼 怎么样 怎样 怎樣 如何 哪里 哪裡 哪儿 哪些 哪个 多少 吗 嗎 呢 的 了 是 我 我们 我們 你 你们 你們 您 您们 \
     吧 请 請 么 麼 啊 可以 能 能不能 有没有 有沒有 是否 什么时候 什麼時候 你好 您好 谢谢 謝謝 知道 想 告诉 需要 \
     ですか ますか でしょうか ました ません ください 下さい 教えて です ます どこ いつ どう どうやって どのくらい どれくらい なに なん \
     何 何時 こと できますか できます できる 知りたい について という あります ありますか ある いますか います いくら たい したい した して する します \
     しますか から まで を が は に で と の も へ か や こんにちは すみません ありがとう お願い お願いします \
     안녕하세요 감사합니다 어디 어디에 언제 어떻게 무엇 얼마 얼마나 인가요 입니까 있나요 되나요 하나요 있어요 합니까 할 수 주세요 \
     ครับ ค่ะ คะ ไหม อะไร ที่ไหน เมื่อไหร่ อย่างไร เท่าไหร่ ของ และ คุณ ผม ฉัน สวัสดี ได้ มี ที่"
        .split_whitespace()
        .collect()
});
