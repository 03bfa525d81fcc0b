//! The chatbots: their list, and the page of one with what it knows, says and is connected to.

super::room! { chatbots:
    // The list.
    title: "Chatbots" / "Chatbots";
    create: "Create chatbot" / "Criar chatbot";
    none_yet: "No chatbot yet" / "Nenhum chatbot ainda";
    none_yet_text: "A chatbot answers your customers from questions and answers that you write. Make the first one, then connect it to WhatsApp or your website."
        / "Um chatbot responde aos seus clientes a partir de perguntas e respostas que você escreve. Crie o primeiro e depois conecte-o ao WhatsApp ou ao seu site.";
    count_questions[count]: "{count} question|{count} questions" / "{count} pergunta|{count} perguntas";
    count_integrations[count]: "{count} integration|{count} integrations" / "{count} integração|{count} integrações";

    // A new one, and the end of one.
    create_title: "Create a chatbot" / "Criar um chatbot";
    name: "Name" / "Nome";
    name_hint: "Customers on the website see it. You can change it later."
        / "Os clientes veem este nome no site. Você pode mudá-lo depois.";
    create_verb: "Create" / "Criar";
    created(name): "The chatbot “{name}” is there." / "O chatbot “{name}” foi criado.";
    delete: "Delete chatbot" / "Excluir chatbot";
    delete_title(name): "Delete the chatbot “{name}”?" / "Excluir o chatbot “{name}”?";
    delete_text: "Its questions and answers go with it, and its website chat closes; what visitors wrote stays in the inbox. This cannot be undone."
        / "As perguntas e respostas dele também são excluídas, e o chat do site fecha; o que os visitantes escreveram continua nas conversas. Isto não pode ser desfeito.";
    deleted(name): "The chatbot “{name}” was deleted." / "O chatbot “{name}” foi excluído.";

    // One chatbot.
    all: "All chatbots" / "Todos os chatbots";
    chatbot: "Chatbot" / "Chatbot";
    the_chatbot: "The chatbot" / "O chatbot";
    channels: "Channels" / "Canais";

    // What it knows.
    knowledge: "Questions and answers" / "Perguntas e respostas";
    add_question: "Add question" / "Adicionar pergunta";
    filter: "Filter questions" / "Filtrar perguntas";
    knows_nothing: "It knows nothing yet" / "Ele ainda não sabe nada";
    knows_nothing_text: "Write down what customers ask most, as they would ask it, with the answer you would give."
        / "Escreva o que os clientes mais perguntam, do jeito que eles perguntariam, com a resposta que você daria.";
    questions: "Questions" / "Perguntas";
    no_question: "No question contains that." / "Nenhuma pergunta contém isso.";
    add_title: "Add a question" / "Adicionar uma pergunta";
    question: "Question" / "Pergunta";
    question_hint: "As a customer would ask it." / "Do jeito que um cliente perguntaria.";
    answer: "Answer" / "Resposta";
    answer_saved: "The answer is saved. The chatbot uses it from now on."
        / "A resposta foi salva. O chatbot já passa a usá-la.";
    edit_question(question): "Edit “{question}”" / "Editar “{question}”";
    delete_question(question): "Delete “{question}”" / "Excluir “{question}”";
    edit_title: "Edit the question" / "Editar a pergunta";
    delete_question_title(question): "Delete the question “{question}”?" / "Excluir a pergunta “{question}”?";
    delete_question_text: "The chatbot will no longer answer with it." / "O chatbot deixará de responder com ela.";
    question_deleted: "The question was deleted." / "A pergunta foi excluída.";

    // What it says.
    settings: "What it says" / "O que ele diz";
    saved: "Saved." / "Salvo.";
    greeting: "Greeting" / "Saudação";
    greeting_hint: "Said once, before the first answer of a conversation or in reply to a first hello. Leave it empty to say nothing."
        / "Dita uma vez, antes da primeira resposta de uma conversa ou em resposta ao primeiro “olá”. Deixe em branco para não dizer nada.";
    fallback: "Fallback" / "Resposta padrão";
    fallback_hint: "Said when the chatbot does not know the answer. The second time in a row people take over."
        / "Dita quando o chatbot não sabe a resposta. Na segunda vez seguida, uma pessoa assume.";
    person: "When people take over" / "Quando uma pessoa assume";
    person_hint: "Said when a customer asks for a person, or the answer was not known twice. Empty: “A colleague will answer you here.”, in the customer's language. A dash (–) says nothing."
        / "Dita quando um cliente pede uma pessoa, ou quando faltou a resposta duas vezes. Em branco: “Um colega vai responder você por aqui.”, no idioma do cliente. Com um traço (–), ele não diz nada.";
    idle: "Conversations that people have taken go back to it" / "Conversas assumidas por pessoas voltam para o chatbot";
    idle_hint: "Counted from the last word of somebody in your team. What nobody answered it answers then, and whoever was promised a person stays under Unanswered."
        / "O tempo conta a partir da última mensagem de alguém da sua equipe. Depois disso, o chatbot responde o que ninguém respondeu, e quem aguarda uma pessoa continua em “Sem resposta”.";
    half_an_hour: "After 30 minutes" / "Depois de 30 minutos";
    an_hour: "After an hour" / "Depois de uma hora";
    four_hours: "After 4 hours" / "Depois de 4 horas";
    twelve_hours: "After 12 hours" / "Depois de 12 horas";
    a_day: "After a day" / "Depois de um dia";
    three_days: "After 3 days" / "Depois de 3 dias";
    after_minutes[count]: "After {count} minute|After {count} minutes" / "Depois de {count} minuto|Depois de {count} minutos";
    never_idle: "Only when somebody resolves them or gives them back" / "Só quando alguém as resolve ou devolve";
    small_talk: "Small talk" / "Conversa informal";
    small_talk_text: "Greetings, thanks and goodbyes are answered in the customer's language. Words of your own take the place of the built-in ones, in every language; a dash (–) says nothing."
        / "Saudações, agradecimentos e despedidas são respondidos no idioma do cliente. Os seus textos substituem os prontos, em todos os idiomas; um traço (–) faz o chatbot não dizer nada.";
    hello: "To a hello" / "A um “olá”";
    hello_hint: "Empty: “Hello! How can I help you?”" / "Em branco: “Olá! Como posso ajudar?”";
    thanks: "To thanks" / "A um agradecimento";
    thanks_hint: "Empty: “You are welcome!”" / "Em branco: “De nada!”";
    goodbye: "To a goodbye" / "A uma despedida";
    goodbye_hint: "Empty: “Goodbye, and take care!”" / "Em branco: “Até logo, cuide-se!”";
    insult: "To an insult" / "A um insulto";
    insult_hint: "Empty: one calm line that offers a person." / "Em branco: uma frase calma que oferece uma pessoa.";

    // The trial.
    try_it: "Try it" / "Experimente";
    trial_answers: "Trial answers" / "Respostas do teste";
    try_text: "Ask something as a customer would. Nobody else sees it."
        / "Pergunte algo como um cliente faria. Ninguém mais vê.";
    ask_label: "Ask the chatbot" / "Perguntar ao chatbot";
    ask_placeholder: "Ask a question…" / "Faça uma pergunta…";
    ask: "Ask" / "Perguntar";
    found_under(question, sure): "Found under “{question}”, {sure}\u{a0}% sure" / "Encontrada em “{question}”, {sure}% de certeza";
    silence: "Says nothing: this wants no answer" / "Não diz nada: isto não pede resposta";
    fallback_best(sure): "Fallback: no answer fits well enough, the best one {sure}\u{a0}%"
        / "Resposta padrão: nenhuma resposta serve, a melhor tem {sure}%";
    fallback_none: "Fallback: no answer fits well enough" / "Resposta padrão: nenhuma resposta serve";
    asked_for_person: "People take over: the customer asked for a person" / "Uma pessoa assume: o cliente pediu";
    missed_twice: "People take over: the answer was not known twice in a row"
        / "Uma pessoa assume: faltou a resposta duas vezes seguidas";

    // Its chat on websites.
    website: "Website chat" / "Chat do site";
    website_on: "Anybody who has this address can write. Link to it, or show it in a frame."
        / "Quem tiver este endereço pode escrever. Coloque um link para ele ou mostre-o em um frame.";
    website_off: "Off: nobody can open the chat page or write there. What was said stays in the inbox."
        / "Desligado: ninguém pode abrir a página do chat nem escrever lá. O que foi dito continua nas conversas.";
    now_on: "The website chat is on." / "O chat do site está ligado.";
    now_off: "The website chat is off." / "O chat do site está desligado.";
    on: "On" / "Ligado";
    off: "Off" / "Desligado";
    address: "Address" / "Endereço";
    copy_address: "Copy address" / "Copiar endereço";
    address_copied: "The address was copied." / "O endereço foi copiado.";
    open_page: "Open the chat page" / "Abrir a página do chat";
    switch_on: "Switch on" / "Ligar";
    switch_off: "Switch off" / "Desligar";
    erase_history: "Erase website history…" / "Apagar histórico do site…";
    history_erased: "The website history was erased." / "O histórico do site foi apagado.";
    switch_off_title(name): "Switch off the website chat of “{name}”?" / "Desligar o chat do site de “{name}”?";
    switch_off_text: "Visitors can no longer open it or write, and chats that are open end at once. The conversations stay in the inbox."
        / "Os visitantes não podem mais abri-lo nem escrever, e os chats abertos terminam na hora. As conversas continuam na lista.";
    erase_history_title(name): "Erase the website history of “{name}”?" / "Apagar o histórico do site de “{name}”?";
    erase_history_text: "Every conversation that visitors have had with it so far goes for good, with all messages. Whoever writes again begins a new one. WhatsApp conversations stay."
        / "Todas as conversas que visitantes tiveram com ele até agora são apagadas definitivamente, com todas as mensagens. Quem escrever de novo inicia outra. As conversas do WhatsApp permanecem.";
}
