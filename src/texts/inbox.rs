//! The inbox: its list, the open conversation, what is known around it.

super::room! { inbox:
    // The list.
    title: "Inbox" / "Conversas";
    shortcuts: "Keyboard shortcuts" / "Atalhos de teclado";
    conversations: "Conversations" / "Conversas";
    load_more: "Load more" / "Carregar mais";
    none_yet: "No conversation yet" / "Nenhuma conversa ainda";
    none_yet_text: "As soon as a customer writes on WhatsApp or on your website, the conversation appears here by itself."
        / "Assim que um cliente escrever no WhatsApp ou no seu site, a conversa aparece aqui automaticamente.";
    connect: "Connect a channel" / "Conectar um canal";
    nobody_waits: "Nobody waits" / "Ninguém aguardando";
    nobody_waits_text: "Every customer who needs a person has an answer. Who waits next appears here by itself."
        / "Todos os clientes que precisavam de uma pessoa já têm resposta. O próximo a esperar aparece aqui automaticamente.";
    all_done: "All done" / "Tudo resolvido";
    all_done_text: "Every conversation is resolved or snoozed. New messages open them again."
        / "Todas as conversas estão resolvidas ou adiadas. Novas mensagens voltam a abri-las.";
    nothing: "Nothing here" / "Nada aqui";
    nothing_text: "No conversation fits this filter." / "Nenhuma conversa corresponde a este filtro.";
    show_all: "Show all" / "Mostrar todas";
    choose: "Choose a conversation" / "Escolha uma conversa";
    choose_text: "It opens here. Press ? for the keys that make it quick."
        / "Ela abre aqui. Pressione ? para ver os atalhos de teclado.";
    the_conversation: "The conversation" / "A conversa";
    not_sent_sign: "Not sent" / "Não enviada";
    unread: "unread" / "não lidas";
    waits_since(since): "Waiting for a person since {since}" / "Aguarda uma pessoa desde {since}";
    waits: "Waiting for a person:" / "Aguarda uma pessoa:";

    // Filters.
    filter: "Filter conversations" / "Filtrar conversas";
    open: "Open" / "Abertas";
    unanswered: "Unanswered" / "Sem resposta";
    resolved: "Resolved" / "Resolvidas";
    snoozed: "Snoozed" / "Adiadas";
    every_status: "Every status" / "Todos os estados";
    only_unread: "Unread" / "Não lidas";
    mine: "Mine" / "Minhas";
    unassigned: "Unassigned" / "Sem responsável";
    all: "All" / "Todas";
    every_channel: "Every channel" / "Todos os canais";
    whatsapp: "WhatsApp" / "WhatsApp";
    web: "Web" / "Site";
    another_channel: "Another channel" / "Outro canal";

    // Whose a conversation is.
    assigned_to(name): "Assigned to {name}" / "Responsável: {name}";
    assigned_to_you: "Assigned to you" / "Responsável: você";
    assign: "Assign the conversation" / "Atribuir a conversa";
    assign_to_me: "Assign to me" / "Atribuir a mim";
    to_queue: "Back to the queue" / "Devolver à fila";
    assigned_now(name): "{name} looks after it now." / "{name} agora cuida desta conversa.";
    queued_now: "It is in the queue now." / "A conversa está na fila agora.";

    // Labels.
    labels: "Labels" / "Etiquetas";
    label_conversation: "Label the conversation" / "Etiquetar a conversa";
    no_labels: "There is no label yet." / "Ainda não há etiquetas.";
    manage_labels: "Manage labels" / "Gerenciar etiquetas";
    more_filters: "Filter by label or person" / "Filtrar por etiqueta ou pessoa";
    take_away: "Take this filter away" / "Remover este filtro";

    // Snoozing.
    snooze: "Snooze" / "Adiar";
    in_an_hour: "In an hour" / "Em uma hora";
    tomorrow: "Tomorrow" / "Amanhã";
    next_week: "Next week" / "Na próxima semana";
    until_they_write: "Until the customer writes" / "Até o cliente escrever";
    until_time: "Until" / "Até";
    is_snoozed: "Snoozed" / "Adiada";
    snoozed_until(until): "Snoozed until {until}" / "Adiada até {until}";
    snoozed_now: "Snoozed until the customer writes" / "Adiada até o cliente escrever";

    // Notes.
    what_to_write: "What you write" / "O que você escreve";
    reply_mode: "Reply" / "Responder";
    note_mode: "Note" / "Nota";
    note: "Note for the team" / "Nota para a equipe";
    note_placeholder: "Write a note for the team…" / "Escreva uma nota para a equipe…";
    note_hint: "Only your team sees it. @ mentions somebody." / "Só a sua equipe vê. @ menciona alguém.";
    add_note: "Add the note" / "Adicionar a nota";
    mention: "Mention somebody" / "Mencionar alguém";

    // How to be told.
    alerts: "Alerts" / "Alertas";
    alerts_title: "When a customer waits for a person" / "Quando um cliente aguarda uma pessoa";
    alert_sound: "A sound" / "Um som";
    alert_notification: "A notification" / "Uma notificação";
    alert_words: "With what the customer wrote" / "Mostrar o que o cliente escreveu";
    alerts_hint: "Only while you look elsewhere, and only in this browser."
        / "Só quando você está em outra janela ou aba, e só neste navegador.";
    blocked: "The browser blocks notifications of this page. Allow them in its settings for this page, then switch them on here."
        / "O navegador bloqueia as notificações desta página. Permita-as nas configurações dele para esta página e depois ative-as aqui.";
    unsupported: "This browser shows notifications only of pages with https, or not at all. The sound works without."
        / "Este navegador só mostra notificações de páginas com https, ou não mostra nenhuma. O som funciona mesmo assim.";
    waits_for_answer(name): "{name} waits for an answer" / "{name} aguarda uma resposta";
    click_to_open: "Click to open the conversation." / "Clique para abrir a conversa.";

    // Keys.
    key_next: "J or Alt+J" / "J ou Alt+J";
    key_previous: "K or Alt+K" / "K ou Alt+K";
    next: "Next conversation" / "Próxima conversa";
    previous: "Previous conversation" / "Conversa anterior";
    write: "Write an answer" / "Escrever uma resposta";
    resolve_or_reopen: "Resolve or reopen" / "Resolver ou reabrir";
    show_keys: "Show these keys" / "Mostrar estas teclas";
    keys_hint: "In the composer, Enter sends and Shift+Enter begins a new line."
        / "Ao escrever, Enter envia e Shift+Enter começa uma nova linha.";

    // Who speaks, and who answers.
    you: "You" / "Você";
    bot: "Bot" / "Bot";
    another_app: "Another app" / "Outro aplicativo";
    somebody: "Somebody" / "Alguém";
    a_colleague: "A colleague" / "Um colega";
    customer: "Customer" / "Cliente";
    the_customer: "the customer" / "o cliente";
    bot_answers: "Bot answers" / "O bot responde";
    you_answer: "You answer" / "Você responde";
    colleague_answers(name): "{name} answers" / "{name} responde";
    phone_answers: "Answered on the phone" / "Respondida pelo telefone";
    nobody_answers: "Nobody answers yet" / "Ninguém respondeu ainda";
    elsewhere_answers: "Another app answers" / "Outro aplicativo responde";
    off: "Nothing is sent" / "Nada é enviado";
    bot_is_answering: "The bot is answering." / "O bot está respondendo.";
    you_are_answering: "You are answering; the bot is silent." / "Você está respondendo; o bot está em silêncio.";
    colleague_is_answering(name): "{name} is answering; the bot is silent."
        / "{name} está respondendo; o bot está em silêncio.";
    phone_is_answering: "Somebody is answering on the phone; the bot is silent."
        / "Alguém está respondendo pelo telefone; o bot está em silêncio.";
    nobody_is_answering: "Nobody is answering yet; the bot is silent."
        / "Ninguém está respondendo ainda; o bot está em silêncio.";
    elsewhere_is_answering: "Another app is answering; the bot is silent."
        / "Outro aplicativo está respondendo; o bot está em silêncio.";
    off_is_answering: "Nothing is sent here now, neither by people nor by the bot."
        / "Nada é enviado aqui agora, nem por pessoas nem pelo bot.";

    // The open conversation.
    conversation: "Conversation" / "Conversa";
    back_to_list: "Back to the list" / "Voltar à lista";
    details: "Details" / "Detalhes";
    is_resolved: "Resolved" / "Resolvida";
    take_over: "Take over" / "Assumir";
    give_back: "Give back to the bot" / "Devolver ao bot";
    resolve: "Resolve" / "Resolver";
    reopen: "Reopen" / "Reabrir";
    taken_over: "You are answering. The bot is silent." / "Você está respondendo. O bot está em silêncio.";
    given_back: "The bot answers again." / "O bot voltou a responder.";
    resolved_now: "Resolved." / "Resolvida.";
    reopened: "Open again." / "Reaberta.";
    messages: "Messages" / "Mensagens";
    new_messages[count]: "{count} new message|{count} new messages" / "{count} nova mensagem|{count} novas mensagens";
    load_between: "Load the messages in between" / "Carregar as mensagens intermediárias";
    load_older: "Load older messages" / "Carregar mensagens mais antigas";
    hole: "Some messages in between are not shown." / "Algumas mensagens intermediárias não estão sendo mostradas.";

    // A message.
    failed: "It could not be sent." / "Não foi possível enviá-la.";
    unknown: "It may not have been sent: the connection broke off. Sending it again may send it twice."
        / "Talvez não tenha sido enviada: a conexão caiu. Enviar de novo pode enviá-la duas vezes.";
    cancelled: "Withdrawn before it was sent, by a take-over." / "Cancelada antes do envio, porque alguém assumiu a conversa.";
    it_waits: "It waits." / "Aguardando.";
    meta_code(code): "(Meta’s code {code})" / "(código da Meta {code})";
    show_on_map: "Show on the map" / "Mostrar no mapa";
    map_opens: "(OpenStreetMap, in a new window)" / "(OpenStreetMap, em uma nova janela)";
    send_again: "Send again" / "Enviar de novo";
    being_sent: "Being sent" / "Sendo enviadas";
    sending: "Sending…" / "Enviando…";
    waits_above: "It waits for the message above." / "Aguarda a mensagem acima.";
    not_sent: "Not sent." / "Não enviada.";
    edit: "Edit" / "Editar";
    send_failed(name, why): "Your message to {name} was not sent. {why}" / "Sua mensagem para {name} não foi enviada. {why}";
    no_connection: "There is no connection." / "Não há conexão.";
    no_connection_action: "Send it again when there is one." / "Envie de novo quando houver.";
    no_answer: "The server does not answer." / "O servidor não responde.";
    no_answer_action: "Sending it again is safe: it arrives once." / "Enviar de novo é seguro: ela chega uma única vez.";
    page_closed: "The page was closed before it was sent." / "A página foi fechada antes do envio.";
    state_received: "received" / "recebida";
    state_queued: "queued" / "na fila";
    state_sending: "sending" / "sendo enviada";
    state_accepted: "accepted" / "aceita";
    state_sent: "sent" / "enviada";
    state_delivered: "delivered" / "entregue";
    state_read: "read" / "lida";
    state_failed: "failed" / "falhou";
    state_unknown: "may not have been sent" / "talvez não enviada";
    state_cancelled: "withdrawn" / "cancelada";
    state_newer: "of a newer version" / "de uma versão mais nova";

    // The composer.
    message: "Message" / "Mensagem";
    placeholder: "Write a message…" / "Escreva uma mensagem…";
    send: "Send" / "Enviar";
    too_long(most, length): "A message has at most {most} characters, this one has {length}. Shorten it, or send it in parts."
        / "Uma mensagem tem no máximo {most} caracteres; esta tem {length}. Encurte-a ou envie-a em partes.";
    takes_over: "Your message takes over." / "Sua mensagem assume a conversa.";
    window_title: "WhatsApp allows free text within 24 hours of the customer’s last message"
        / "O WhatsApp permite texto livre até 24 horas depois da última mensagem do cliente";
    window: "Free text for another" / "Texto livre por mais";

    // Details.
    back_to_messages: "Back to the messages" / "Voltar às mensagens";
    phone_number: "Phone number" / "Telefone";
    known_by: "Known by" / "Conhecido por";
    user_id: "WhatsApp user id" / "ID de usuário do WhatsApp";
    integration: "Integration" / "Integração";
    business_number: "Business number" / "Número da empresa";
    chatbot: "Chatbot" / "Chatbot";
    window_until: "Free text until" / "Texto livre até";
    closed: "(closed)" / "(encerrado)";
    last_in: "Last message in" / "Última mensagem recebida";
    since: "Since" / "Desde";
    sandbox: "Sandbox" / "Simulador";

    // The popover about a number.
    about_channel(channel): "{channel}: about this number" / "{channel}: sobre este número";
    about_number: "About this number" / "Sobre este número";
    verified_name: "Verified name" / "Nome verificado";
    number: "Number" / "Número";
    quality: "Quality rating" / "Avaliação de qualidade";
    queued: "Waiting" / "Na fila";
    failed_recently: "Failed in 24 hours" / "Falharam em 24 horas";
    count_messages[count]: "{count} message|{count} messages" / "{count} mensagem|{count} mensagens";
    all_integrations: "All integrations" / "Todas as integrações";
    high: "High" / "Alta";
    medium: "Medium" / "Média";
    low: "Low" / "Baixa";
    not_rated: "Not rated" / "Sem avaliação";
    status_not_connected: "Not connected" / "Não conectada";
    status_waiting: "Waiting for the first message" / "Aguardando a primeira mensagem";
    status_connected: "Connected" / "Conectada";
    status_inactive: "Inactive" / "Inativa";
    status_error: "Error" / "Erro";

    // Erasing.
    erase_conversation: "Erase conversation…" / "Apagar conversa…";
    erase_contact: "Erase contact…" / "Apagar contato…";
    erase_conversation_title(name): "Erase the conversation with “{name}”?" / "Apagar a conversa com “{name}”?";
    erase_contact_title(name): "Erase the contact “{name}”?" / "Apagar o contato “{name}”?";
    erase_conversation_text: "All its messages go for good, also from the event log, and what waits to be sent is withdrawn. Whoever writes again begins a new conversation."
        / "Todas as mensagens são apagadas definitivamente, também do registro de eventos, e o que aguarda envio é cancelado. Quem escrever de novo inicia uma nova conversa.";
    erase_contact_text: "Name, numbers and every conversation with them go for good, on all channels, also from the event log. What waits to be sent is withdrawn."
        / "Nome, números e todas as conversas são apagados definitivamente, em todos os canais, também do registro de eventos. O que aguarda envio é cancelado.";
    erase: "Erase" / "Apagar";
    contact_erased: "The contact was erased." / "O contato foi apagado.";
    conversation_erased: "The conversation was erased." / "A conversa foi apagada.";
    erasing: "There is a lot to erase: the rest goes by itself within minutes."
        / "Há muito a apagar: o restante é apagado automaticamente em alguns minutos.";
}
