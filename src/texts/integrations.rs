//! The integrations: their cards, the dialogs that connect, test and change one, its event log.

super::room! { integrations:
    // The page.
    title: "Integrations" / "Integrações";
    connect: "Connect WhatsApp" / "Conectar o WhatsApp";
    use_sandbox: "Use the sandbox" / "Usar o simulador";
    no_chatbot: "First make a chatbot" / "Primeiro crie um chatbot";
    no_chatbot_text: "An integration connects a chatbot to a WhatsApp number. There is no chatbot yet."
        / "Uma integração conecta um chatbot a um número do WhatsApp. Ainda não há nenhum chatbot.";
    to_chatbots: "Go to the chatbots" / "Ir para os chatbots";
    none_yet: "Nothing is connected yet" / "Nada está conectado ainda";
    none_yet_text: "Connect a WhatsApp Business number so that customers reach your chatbot. The sandbox lets you try everything without Meta."
        / "Conecte um número do WhatsApp Business para que os clientes cheguem ao seu chatbot. Com o simulador você experimenta tudo sem a Meta.";

    // A card.
    whatsapp_for(name): "WhatsApp for {name}" / "WhatsApp de {name}";
    answers: "Answers:" / "Responde:";
    would_answer: "Would answer:" / "Responderia:";
    connect_lead: "Connect a WhatsApp Business number, and customers who write to it reach this chatbot."
        / "Conecte um número do WhatsApp Business, e os clientes que escreverem para ele chegam a este chatbot.";
    manage: "Manage" / "Gerenciar";
    test: "Test" / "Testar";
    more: "More" / "Mais";
    deactivate: "Deactivate" / "Desativar";
    activate: "Activate" / "Ativar";
    callback_settings: "Callback settings" / "Configurações de callback";
    event_log: "Event log" / "Registro de eventos";

    // What is known of a number.
    number: "Number" / "Número";
    not_known_yet: "Not known yet" / "Ainda não conhecido";
    verified_name: "Verified name" / "Nome verificado";
    last_in: "Last message in" / "Última mensagem recebida";
    last_out: "Last message out" / "Última mensagem enviada";
    queued: "Waiting to be sent" / "Aguardando envio";
    failed: "Failed in 24 hours" / "Falharam em 24 horas";
    or_more(count): "{count} or more" / "{count} ou mais";
    never: "Never" / "Nunca";
    more_about: "More about this number" / "Mais sobre este número";
    last_webhook: "Last webhook" / "Último webhook";
    quality: "Quality rating" / "Avaliação de qualidade";
    limit: "Messaging limit" / "Limite de mensagens";
    limit_none: "Unlimited" / "Sem limite";
    limit_not_set: "Not set yet" / "Ainda não definido";
    limit_customers(tier): "{tier} customers in 24 hours" / "{tier} clientes em 24 horas";
    may_send: "May send" / "Pode enviar";
    with_limits: "With limits" / "Com limites";
    no: "No" / "Não";
    token_until: "Token valid until" / "Token válido até";
    token_unlimited: "Not limited, or not known" / "Sem limite, ou não conhecido";
    graph_api: "Graph API" / "Graph API";
    asked: "Meta was asked" / "Consulta à Meta";
    connected_since: "Connected since" / "Conectada desde";
    open_phone: "Open the sandbox phone" / "Abrir o telefone do simulador";

    // What is wrong with it.
    open_manager: "Open WhatsApp Manager" / "Abrir o Gerenciador do WhatsApp";
    unreachable: "Meta cannot be reached from this server, since" / "Este servidor não alcança a Meta desde";
    unreachable_text: "What is to be sent waits, and goes out by itself when Meta can be reached within the customer’s 24 hours. Check the server’s network, DNS and proxy."
        / "O que há para enviar fica na fila e sai automaticamente quando a Meta puder ser alcançada dentro das 24 horas do cliente. Verifique a rede, o DNS e o proxy do servidor.";
    kept_back: "Meta last confirmed that this number is yours" / "A Meta confirmou pela última vez que este número é seu:";
    kept_back_text: "What comes in on the callback of this server’s own app is kept back until it does so again, for 30 days. Test the connection."
        / "O que chega pelo callback do app deste servidor fica retido até nova confirmação, por 30 dias. Teste a conexão.";
    inactive_text: "Messages are kept as they arrive; nothing is answered or sent."
        / "As mensagens são guardadas ao chegar; nada é respondido nem enviado.";
    rejected[count]: "{count} delivery rejected: wrong signature|{count} deliveries rejected: wrong signature"
        / "{count} entrega recusada: assinatura errada|{count} entregas recusadas: assinatura errada";
    rejected_last: "last" / "última:";
    rejected_text: "Compare the app secret with the one in Meta’s console."
        / "Compare a chave secreta do app com a do painel da Meta.";
    not_stored[count]: "{count} item could not be stored.|{count} items could not be stored."
        / "Não foi possível guardar {count} item.|Não foi possível guardar {count} itens.";
    newest(reason): "The newest: {reason}." / "O mais recente: {reason}.";
    see_log: "See the event log" / "Ver o registro de eventos";
    token_ended: "The access token ended:" / "O token de acesso expirou:";
    token_ends: "The access token ends:" / "O token de acesso expira:";
    token_text: "Replace it with a permanent one of a System User."
        / "Substitua-o por um permanente, de um usuário do sistema.";
    replace_token: "Replace token" / "Substituir token";
    replace_secret: "Replace app secret" / "Substituir chave secreta";
    fix_ids: "Correct the ids" / "Corrigir as identificações";
    subscribe: "Subscribe" / "Inscrever";
    set_callback: "Show callback settings" / "Mostrar configurações de callback";
    open_meta: "Open Meta’s console" / "Abrir o painel da Meta";
    test_connection: "Test connection" / "Testar a conexão";
    wait: "Wait" / "Esperar";

    // The form.
    manage_title(name): "Manage “{name}”" / "Gerenciar “{name}”";
    intro: "You need an app with WhatsApp in Meta’s console. Keep it open beside this page and copy the values over: spaces and quotes that come along do no harm."
        / "Você precisa de um app com WhatsApp no painel da Meta. Deixe-o aberto ao lado desta página e copie os valores: espaços e aspas que vierem junto não atrapalham.";
    saved(name): "“{name}” is saved." / "“{name}” foi salva.";
    connect_and_subscribe: "Connect and subscribe" / "Conectar e inscrever";
    connect_verb: "Connect" / "Conectar";
    save_anyway: "Save anyway" / "Salvar mesmo assim";
    chatbot: "Chatbot" / "Chatbot";
    chatbot_hint: "It answers what comes in by this number." / "Ele responde o que chega por este número.";
    name: "Name" / "Nome";
    name_hint: "For your team: “Online shop”." / "Para a sua equipe: “Loja on-line”.";
    simulated: "This is a number of the simulator: its ids and secrets are the simulator’s own."
        / "Este é um número do simulador: as identificações e chaves são do próprio simulador.";
    new_tab: "(opens in a new tab)" / "(abre em uma nova aba)";
    kept(last4, date): "••••{last4}, set {date}" / "••••{last4}, definido {date}";
    on_date(date): "on {date}" / "em {date}";
    keep_hint: "Leave it empty to keep it." / "Deixe em branco para manter.";
    app_part: "1. Your app at Meta" / "1. Seu app na Meta";
    app_id: "App ID" / "ID do app";
    app_id_hint: "At the top of the app’s page, 15 or 16 digits. You can leave it out, but with it more can be tested."
        / "No alto da página do app, 15 ou 16 dígitos. Você pode deixar em branco, mas com ele é possível testar mais.";
    my_apps: "My apps" / "Meus apps";
    app_secret: "App secret" / "Chave secreta do app";
    app_secret_hint: "32 letters and digits; press “Show” there." / "32 letras e dígitos; pressione “Mostrar” lá.";
    basic_settings: "App settings → Basic" / "Configurações do app → Básico";
    app_secret_proves: "It proves that deliveries come from Meta." / "Ela prova que as entregas vêm da Meta.";
    number_part: "2. Your number" / "2. Seu número";
    number_id: "Phone number ID" / "Identificação do número de telefone";
    number_id_hint: "Right below the number, about 15 digits; not the phone number itself."
        / "Logo abaixo do número, cerca de 15 dígitos; não é o próprio número de telefone.";
    api_setup: "WhatsApp → API Setup" / "WhatsApp → Configuração da API";
    account_id: "WhatsApp Business Account ID" / "Identificação da conta do WhatsApp Business";
    account_id_hint: "Right beside the phone number ID." / "Logo ao lado da identificação do número de telefone.";
    token_part: "3. The key to it" / "3. A chave para ele";
    token: "Access token" / "Token de acesso";
    token_hint: "It begins with EAA. It is stored encrypted and never shown again."
        / "Começa com EAA. Ele é guardado criptografado e nunca mais é mostrado.";
    system_users: "Business settings → System users" / "Configurações do negócio → Usuários do sistema";
    generate_token: "→ Generate token, with whatsapp_business_messaging and whatsapp_business_management ticked, and the expiry “Never”."
        / "→ Gerar token, com whatsapp_business_messaging e whatsapp_business_management marcados e a validade “Nunca”.";
    verify_token: "Verify token" / "Token de verificação";
    verify_token_hint: "Any words of your own. Leave it empty and one is made for you."
        / "Quaisquer palavras suas. Deixe em branco, e um é criado para você.";

    same_account: "This is the same as the phone number ID. The account has an ID of its own, right beside it."
        / "Isto é igual à identificação do número de telefone. A conta tem uma identificação própria, logo ao lado.";

    // What is left to do at Meta's.
    callback_title(name): "Callback of “{name}”" / "Callback de “{name}”";
    webhook_title: "Tell Meta where to send messages" / "Diga à Meta para onde enviar as mensagens";
    step_open: "Open" / "Abra";
    configuration: "WhatsApp → Configuration" / "WhatsApp → Configuração";
    step_edit: "and press “Edit” at Webhook." / "e pressione “Editar” em Webhook.";
    step_paste: "Paste these two values and press “Verify and save”."
        / "Cole estes dois valores e pressione “Verificar e salvar”.";
    step_fields: "Under Webhook fields subscribe to" / "Em Campos do webhook, assine";
    step_echoes: "If people also answer on a phone with this number, so that the bot is silent then, also to"
        / "Se pessoas também respondem por um telefone com este número, para que o bot então silencie, assine também";
    callback_url: "Callback URL" / "URL de callback";
    copy_callback: "Copy callback URL" / "Copiar URL de callback";
    callback_copied: "The callback URL was copied." / "A URL de callback foi copiada.";
    copy_verify: "Copy verify token" / "Copiar token de verificação";
    verify_copied: "The verify token was copied." / "O token de verificação foi copiado.";
    no_message_yet: "No message will arrive yet." / "Nenhuma mensagem vai chegar por enquanto.";
    this_address: "This server’s address," / "O endereço deste servidor,";
    reach_local: "is this very machine, which Meta cannot reach." / "é esta mesma máquina, que a Meta não alcança.";
    reach_private: "is known in your own network only, so Meta cannot reach it."
        / "só é conhecido na sua própria rede, por isso a Meta não o alcança.";
    reach_no_https: "has no https, and Meta sends messages to nothing else."
        / "não tem https, e a Meta não envia mensagens de outro modo.";
    proxy_step: "Put a reverse proxy with a certificate before this server, or a tunnel such as cloudflared, ngrok or Tailscale Funnel. Either gives it a public https address."
        / "Coloque um proxy reverso com certificado na frente deste servidor, ou um túnel como cloudflared, ngrok ou Tailscale Funnel. Ambos dão a ele um endereço https público.";
    address_step: "Start Parlance again with that address:" / "Inicie o Parlance de novo com esse endereço:";
    open_step: "Open Parlance by that address. The callback URL for Meta is then the right one."
        / "Abra o Parlance por esse endereço. A URL de callback para a Meta será então a certa.";
    before_that: "You can enter and test everything else before. What you save stays."
        / "Você pode preencher e testar todo o resto antes. O que você salvar fica.";

    // The first message.
    first_title: "Send a message to this number" / "Envie uma mensagem para este número";
    received: "Received! Messages to this number arrive." / "Recebida! As mensagens para este número chegam.";
    awaiting_first: "Waiting for your first message…" / "Aguardando a sua primeira mensagem…";
    qr: "QR code: opens WhatsApp with this number" / "Código QR: abre o WhatsApp com este número";
    scan: "Scan it with your phone, or open" / "Leia com o seu telefone, ou abra";
    then_write: "Then write anything." / "Depois escreva qualquer coisa.";
    write_anything: "Write anything to it from a phone with WhatsApp."
        / "Escreva qualquer coisa para ele de um telefone com WhatsApp.";

    // The test.
    test_title(name): "Connection test of “{name}”" / "Teste de conexão de “{name}”";
    test_label: "Connection test" / "Teste de conexão";
    test_again: "Test again" / "Testar de novo";
    testing: "Testing…" / "Testando…";
    all_in_order: "Everything is in order." / "Está tudo em ordem.";
    works_with_warning: "It works, with something to look at." / "Funciona, com algo a observar.";
    to_be_fixed: "Something has to be fixed." / "Algo precisa ser corrigido.";
    not_tested: "Nothing could be tested." / "Não foi possível testar nada.";
    checking: "Checking…" / "Verificando…";
    in_order: "In order" / "Em ordem";
    warning: "Warning" / "Atenção";
    step_failed: "Failed" / "Falhou";
    skipped: "Skipped" / "Ignorado";
    check_format: "Entries" / "Dados informados";
    check_network: "Connection to Meta" / "Conexão com a Meta";
    check_app_secret: "App and app secret" / "App e chave secreta";
    check_token: "Access token" / "Token de acesso";
    check_number: "Phone number" / "Número de telefone";
    check_account: "Business account" / "Conta comercial";
    check_belonging: "Number belongs to account" / "O número é da conta";
    check_subscription: "App is subscribed" / "O app está inscrito";
    check_callback: "Callback URL" / "URL de callback";
    check_reachability: "This server is reachable" / "Este servidor pode ser alcançado";
    check_webhook: "Webhooks arrive" / "Os webhooks chegam";
    check_ability: "May send messages" / "Pode enviar mensagens";
    use_number(name, number): "Use {name} {number}" / "Usar {name} {number}";
    numbers_of_account: "Numbers of the account" / "Números da conta";
    trial: "Send a real message" / "Enviar uma mensagem de verdade";
    trial_to: "Your own WhatsApp number" / "Seu próprio número do WhatsApp";
    trial_hint: "With country code. Write to the business number first: Meta delivers free text only within 24 hours of a person’s last message."
        / "Com o código do país. Escreva antes para o número da empresa: a Meta só entrega texto livre até 24 horas depois da última mensagem da pessoa.";
    trial_sent: "The test message is on its way. Look at your phone." / "A mensagem de teste está a caminho. Veja o seu telefone.";
    trial_send: "Send test message" / "Enviar mensagem de teste";

    // The simulator's number.
    sandbox_number: "The sandbox number" / "O número do simulador";
    sandbox_write: "is connected. Write to it as a customer:" / "está conectado. Escreva para ele como um cliente:";
    sandbox_connected: "The sandbox number is connected." / "O número do simulador está conectado.";
    sandbox_text: "The sandbox is a WhatsApp simulator inside Parlance. Messages take the same way as real ones, but nothing leaves this server."
        / "O simulador imita o WhatsApp dentro do Parlance. As mensagens fazem o mesmo caminho das reais, mas nada sai deste servidor.";
    connect_sandbox: "Connect the sandbox" / "Conectar o simulador";

    // On and off.
    deactivate_title(name): "Deactivate the integration “{name}”?" / "Desativar a integração “{name}”?";
    activate_title(name): "Activate the integration “{name}”?" / "Ativar a integração “{name}”?";
    deactivate_text: "Messages to this number still arrive and are kept, but the chatbot does not answer, and nothing can be sent by it. Answers that wait now are held, and withdrawn when they grow old."
        / "As mensagens para este número continuam chegando e são guardadas, mas o chatbot não responde, e nada pode ser enviado por ele. As respostas que aguardam agora ficam retidas e são canceladas quando ficam antigas.";
    activate_text: "The chatbot answers again. Of what came in meanwhile it answers only what is a few minutes old; the rest waits in the inbox for you."
        / "O chatbot volta a responder. Do que chegou nesse meio-tempo, ele responde só o que tem poucos minutos; o restante aguarda você nas conversas.";
    active_again(name): "“{name}” is active again." / "“{name}” está ativa de novo.";
    is_inactive(name): "“{name}” is inactive." / "“{name}” está inativa.";

    // The end of one.
    delete_title(name): "Delete the integration “{name}”?" / "Excluir a integração “{name}”?";
    deleted_title(name): "“{name}” is deleted" / "“{name}” foi excluída";
    deleted(name): "The integration “{name}” was deleted." / "A integração “{name}” foi excluída.";
    keep_conversations: "Keep the conversations" / "Manter as conversas";
    keep_conversations_text: "They stay in the inbox as history, to read only." / "Elas ficam na lista como histórico, só para leitura.";
    erase_conversations: "Erase the conversations" / "Apagar as conversas";
    erase_conversations_text: "They go with all messages. This cannot be undone."
        / "Elas são apagadas com todas as mensagens. Isto não pode ser desfeito.";
    its_conversations: "Its conversations" / "As conversas dela";
    delete_text: "New WhatsApp messages to this number will no longer arrive. Its access token and secret are forgotten."
        / "Novas mensagens do WhatsApp para este número deixarão de chegar. O token de acesso e a chave secreta são apagados daqui.";
    count_conversations[count]: "{count} conversation|{count} conversations" / "{count} conversa|{count} conversas";
    count_messages[count]: "{count} message|{count} messages" / "{count} mensagem|{count} mensagens";
    count_webhooks[count]: "{count} webhook|{count} webhooks" / "{count} webhook|{count} webhooks";
    has_conversations(conversations, messages): "It has {conversations} with {messages}." / "Ela tem {conversations} com {messages}.";
    withdrawn(messages): "Not sent yet, and withdrawn now: {messages}." / "Ainda não enviadas, canceladas agora: {messages}.";
    dropped(webhooks): "Come in but not worked off yet, and dropped now: {webhooks}."
        / "Recebidos mas ainda não processados, descartados agora: {webhooks}.";
    rest_title: "Its token and secret are forgotten. What only you can do in Meta’s console:"
        / "O token e a chave secreta foram apagados daqui. O que só você pode fazer no painel da Meta:";

    // The event log.
    all: "All integrations" / "Todas as integrações";
    the_integration: "The integration" / "A integração";
    letters: "Could not be stored" / "Não foi possível guardar";
    try_all: "Try all again" / "Tentar tudo de novo";
    no_letters: "Nothing: all that came in was stored." / "Nada: tudo o que chegou foi guardado.";
    older_ones: "Older ones" / "Mais antigos";
    not_kept: "Its delivery is no longer kept" / "A entrega dele não está mais guardada";
    tried_again[count]: "{count} item is tried again.|{count} items are tried again."
        / "Nova tentativa com {count} item.|Nova tentativa com {count} itens.";
    gone_items[count]: "Of {count} item the delivery is no longer kept.|Of {count} items the delivery is no longer kept."
        / "A entrega de {count} item não está mais guardada.|A entrega de {count} itens não está mais guardada.";
    webhooks: "Webhooks" / "Webhooks";
    look_again: "Look again" / "Atualizar";
    backlog: "The server is working off a backlog. Webhooks that wait further back in it are not listed yet: look again in a moment."
        / "O servidor está processando um acúmulo. Os webhooks mais ao fim da fila ainda não aparecem: atualize daqui a pouco.";
    no_webhooks: "Nothing has come yet. If the webhook is verified at Meta’s, test the connection: most often the app is not subscribed to the account, or not to the field “messages”."
        / "Nada chegou ainda. Se o webhook já foi verificado na Meta, teste a conexão: na maioria das vezes, o app não está inscrito na conta ou no campo “messages”.";
    count_dropped[count]: "{count} dropped|{count} dropped" / "{count} descartado|{count} descartados";
    stored: "Stored" / "Guardado";
    in_work: "Being worked off" / "Em processamento";
    nothing_held: "Nothing for this integration" / "Nada para esta integração";
    too_large(items): "{items}; too large to be taken apart here" / "{items}; grande demais para ser aberto aqui";
    dropped_label: "Dropped" / "Descartado";
    as_received: "As received" / "Como chegou";
    count_reports[count]: "{count} status report|{count} status reports" / "{count} aviso de status|{count} avisos de status";
    count_events[count]: "{count} event|{count} events" / "{count} evento|{count} eventos";
    count_items[count]: "{count} item|{count} items" / "{count} item|{count} itens";
    held(what, kind): "{what} ({kind})" / "{what} ({kind})";
    not_understood(list): "Acknowledged but not understood by this version, ever: {list}."
        / "Confirmado, mas nunca entendido por esta versão: {list}.";
    body_title: "Webhook as received" / "Webhook como chegou";
    body: "Body" / "Corpo";
    goes_on: "It goes on: only the beginning is shown." / "Há mais: só o começo é mostrado.";
}
