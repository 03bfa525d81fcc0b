//! Why the server did not do what it was asked to.

super::told! {
    // The form of a request.
    "This operation takes JSON, not a form." / "Esta operação recebe JSON, não um formulário.";
    "Send `Content-Type: application/json`." / "Envie `Content-Type: application/json`.";
    "This operation takes JSON and nothing else." / "Esta operação só recebe JSON.";
    "Send `Content-Type: application/json` and an object with the fields of the description."
        / "Envie `Content-Type: application/json` e um objeto com os campos da descrição.";
    "There is no such operation." / "Esta operação não existe.";
    "Compare the path with the description of the API." / "Compare o caminho com a descrição da API.";
    "This operation is called with POST." / "Esta operação é chamada com POST.";
    "The request is too large." / "O pedido é grande demais.";
    "This request came from another site." / "Este pedido veio de outro site.";
    "Open Parlance itself and try again." / "Abra o próprio Parlance e tente de novo.";
    "The request took too long to come in." / "O pedido demorou demais para chegar.";
    "The request could not be read: {}." / "Não foi possível ler o pedido: {}.";
    "Send JSON with the fields of the description, and a text of at most 4096 characters."
        / "Envie JSON com os campos da descrição e um texto de no máximo 4096 caracteres.";
    "Try again." / "Tente de novo.";
    "This is at odds with what is already stored." / "Isto entra em conflito com o que já está guardado.";
    "Load the page again and look what changed." / "Recarregue a página e veja o que mudou.";
    "Too many pages follow live events just now." / "Há páginas demais acompanhando os eventos agora.";
    "Close pages that you do not need. This one shows what is new when it is loaded again."
        / "Feche as páginas de que não precisa. Esta mostra as novidades quando for recarregada.";
    "This Parlance answers on its own machine only, and was asked for by another name."
        / "Este Parlance só responde na própria máquina e foi chamado por outro nome.";
    "This Parlance answers on its own machine only, and this came by a proxy or tunnel."
        / "Este Parlance só responde na própria máquina, e isto veio por um proxy ou túnel.";
    "Set the address that people use, such as PARLANCE_PUBLIC_URL=https://chat.example.com, and behind a proxy also PARLANCE_TRUSTED_PROXIES. Then start Parlance again."
        / "Defina o endereço que as pessoas usam, como PARLANCE_PUBLIC_URL=https://chat.example.com, e atrás de um proxy também PARLANCE_TRUSTED_PROXIES. Depois inicie o Parlance de novo.";

    "An API token belongs to one workspace." / "Um token de API pertence a um único espaço de trabalho.";
    "Make a token in the other workspace and use that one."
        / "Crie um token no outro espaço de trabalho e use esse.";

    "Not reachable from here yet" / "Ainda não acessível daqui";
    "On the machine itself, open <a href=\"{here}/\">{here}</a>." / "Na própria máquina, abra <a href=\"{here}/\">{here}</a>.";
    "This address is for WhatsApp" / "Este endereço é para o WhatsApp";
    "Meta's servers bring WhatsApp messages here, so there is nothing to see."
        / "Os servidores da Meta trazem mensagens do WhatsApp para cá, por isso não há nada para ver.";
    "Paste this address as the callback URL in Meta's console, together with the verify token of the integration. Both stand on its card, under Integrations."
        / "Cole este endereço como URL de callback no painel da Meta, junto com o token de verificação da integração. Ambos estão no cartão dela, em Integrações.";
    "Whether Meta reaches it, the connection test on the same card tells."
        / "Se a Meta o alcança, quem diz é o teste de conexão no mesmo cartão.";
    "There is no such callback" / "Este callback não existe";
    "Callbacks of WhatsApp are above this address, but it is none itself."
        / "Os callbacks do WhatsApp ficam acima deste endereço, mas ele mesmo não é um.";
    "Copy the callback URL from the card of the integration, under Integrations, and paste it as it is."
        / "Copie a URL de callback do cartão da integração, em Integrações, e cole-a como está.";

    // What is not there.
    "The chatbot" / "O chatbot";
    "The chat" / "O chat";
    "The conversation" / "A conversa";
    "The contact" / "O contato";
    "The message" / "A mensagem";
    "The integration" / "A integração";
    "The delivery" / "A entrega";
    "The dead letter" / "O item não guardado";
    "The question" / "A pergunta";
    "The user" / "O usuário";
    "The workspace" / "O espaço de trabalho";
    "The user's workspace" / "O espaço de trabalho do usuário";
    "The token" / "O token";
    "The customer" / "O cliente";
    "The simulator" / "O simulador";
    "The simulated number" / "O número simulado";

    // What was entered.
    "This is longer than {max} characters." / "Isto tem mais de {max} caracteres.";
    "Shorten it and save again." / "Encurte e salve de novo.";
    "This must not be empty." / "Isto não pode ficar em branco.";
    "Fill it in and save again." / "Preencha e salve de novo.";
    "This is not an e-mail address." / "Isto não é um endereço de e-mail.";
    "Write it like name@example.com." / "Escreva como nome@exemplo.com.";
    "A password needs at least {PASSWORD_MIN} characters." / "Uma senha precisa de pelo menos {PASSWORD_MIN} caracteres.";
    "A few words in a row are easy to remember and hard to guess."
        / "Algumas palavras em sequência são fáceis de lembrar e difíceis de adivinhar.";
    "A password has at most {PASSWORD_MAX} characters." / "Uma senha tem no máximo {PASSWORD_MAX} caracteres.";
    "There is a user with this e-mail address already." / "Já existe um usuário com este endereço de e-mail.";
    "There are several workspaces." / "Há vários espaços de trabalho.";
    "Name one of them with --workspace." / "Indique um deles com --workspace.";
    "This user is disabled." / "Este usuário está desativado.";
    "Let them in again first: parlance user enable --email …." / "Primeiro permita o acesso de novo: parlance user enable --email ….";
    "This person is not let in to the workspace." / "Esta pessoa não tem acesso ao espaço de trabalho.";
    "Choose somebody else." / "Escolha outra pessoa.";
    "There is a label “{name}” already." / "Já existe uma etiqueta “{name}”.";
    "Choose another name." / "Escolha outro nome.";
    "There is no such colour." / "Essa cor não existe.";
    "There are 200 labels, which is the most." / "Há 200 etiquetas, que é o máximo.";
    "Delete one that nobody uses." / "Exclua uma que ninguém usa.";
    "The label" / "A etiqueta";
    "There is no such label any more." / "Essa etiqueta não existe mais.";
    "Choose another one." / "Escolha outra.";
    "A conversation has at most 20 labels." / "Uma conversa tem no máximo 20 etiquetas.";
    "Take one off first." / "Remova uma primeiro.";
    "Only what is snoozed opens at a time." / "Só o que está adiado é aberto em um horário.";
    "This time has passed, or is more than a year ahead." / "Esse horário já passou ou está a mais de um ano.";
    "Choose another time." / "Escolha outro horário.";
    "This is the last owner of “{workspace}”, and nobody else could let people in again."
        / "Este é o último proprietário de “{workspace}”, e mais ninguém poderia devolver o acesso às pessoas.";
    "Make somebody else an owner first, on the page of people or with: parlance user set-role --email … --role owner."
        / "Primeiro torne outra pessoa proprietária, na página de pessoas ou com: parlance user set-role --email … --role owner.";
    "There is no such token that is valid." / "Não há um token válido como esse.";
    "Look at the list: parlance token list." / "Veja a lista: parlance token list.";
    "This is not the set-up code." / "Este não é o código de instalação.";
    "The code stands in the server's log, in the line that begins with “Set-up code”."
        / "O código está no log do servidor, na linha que começa com “Set-up code”.";
    "The first account exists already." / "A primeira conta já existe.";
    "Sign in with it." / "Entre com ela.";
    "Give minutes from 1 to 43200 (30 days), or 0 for never." / "Informe de 1 a 43200 minutos (30 dias), ou 0 para nunca.";
    "The chatbot is in use by {names}." / "O chatbot está em uso por {names}.";
    "Delete these integrations first, then the chatbot." / "Exclua primeiro essas integrações e depois o chatbot.";

    // The audit log.
    "This is no action of the audit log." / "Esta não é uma ação do registro de auditoria.";

    // Conversations.
    "This is not a `next` of a page." / "Isto não é um `next` de uma página.";
    "These are too many at once." / "São muitos de uma vez.";
    "Ask in parts." / "Pergunte em partes.";
    "The mode is bot or human." / "O modo é bot ou human.";
    "The status is open, snoozed or resolved." / "O status é open, snoozed ou resolved.";
    "The chatbot or the integration of this conversation was deleted: nobody but people can answer."
        / "O chatbot ou a integração desta conversa foi excluído: só pessoas podem responder.";
    "Resolve the conversation instead." / "Resolva a conversa.";
    "Your text is kept: try again when this has changed." / "O seu texto foi mantido: tente de novo quando isto mudar.";
    "There is nothing to send." / "Não há nada para enviar.";
    "This message is {}: there is nothing to send again." / "Esta mensagem está {}: não há o que enviar de novo.";
    "received" / "recebida";
    "queued" / "na fila";
    "sending" / "sendo enviada";
    "accepted" / "aceita";
    "sent" / "enviada";
    "delivered" / "entregue";
    "read" / "lida";
    "withdrawn" / "retirada";
    "Only a newer version of Parlance knows this kind of integration."
        / "Só uma versão mais nova do Parlance conhece este tipo de integração.";
    "Update this server, then try again." / "Atualize este servidor e tente de novo.";
    "of a newer version" / "numa versão mais nova";

    // Integrations.
    "The WhatsApp simulator is off." / "O simulador do WhatsApp está desligado.";
    "Start the server with PARLANCE_SANDBOX=on." / "Inicie o servidor com PARLANCE_SANDBOX=on.";
    "A phone cannot send that: it is empty, too long or of another kind."
        / "Um telefone não pode enviar isso: está vazio, é longo demais ou é de outro tipo.";
    "This chatbot does not exist." / "Este chatbot não existe.";
    "Choose one of your chatbots." / "Escolha um dos seus chatbots.";
    "This number is already connected as “{name}”." / "Este número já está conectado como “{name}”.";
    "Open that integration, or delete it first." / "Abra essa integração ou exclua-a primeiro.";
    "Somebody is changing this number just now." / "Alguém está alterando este número agora.";
    "This is the same as the phone number id." / "Isto é igual à identificação do número de telefone.";
    "The WhatsApp Business Account ID is another number, right beside it in Meta's console."
        / "A identificação da conta do WhatsApp Business é outro número, logo ao lado no painel da Meta.";
    "The integration has no access token." / "A integração não tem token de acesso.";
    "Replace the token." / "Substitua o token.";
    "The connection test failed." / "O teste de conexão falhou.";
    "A test message was sent a moment ago. The next may go in {} s."
        / "Uma mensagem de teste acabou de ser enviada. A próxima pode ir em {} s.";
    "Wait, then try again." / "Espere e tente de novo.";
    "This is not a phone number with its country code." / "Isto não é um número de telefone com o código do país.";
    "Write it like +49 151 0000001." / "Escreva como +55 11 90000-0001.";
    "This is a number of the simulator: its ids and secrets are the simulator's."
        / "Este é um número do simulador: as identificações e chaves são do simulador.";
    "Change its name or chatbot only, or connect a number of your own."
        / "Mude só o nome ou o chatbot, ou conecte um número seu.";
    "The secrets of this number do not open with this server’s key."
        / "As chaves deste número não abrem com a chave deste servidor.";
    "Start the server with the key that belongs to its database, or disconnect the number and connect it again."
        / "Inicie o servidor com a chave do banco de dados dele, ou desconecte o número e conecte-o de novo.";
    "The delivery of this dead letter is no longer kept." / "A entrega deste item não está mais guardada.";
    "Deliveries are kept for 30 days. Ask the customer to write again."
        / "As entregas ficam guardadas por 30 dias. Peça ao cliente que escreva de novo.";
    "The app stays subscribed to the WhatsApp account, because other numbers here use it."
        / "O app continua inscrito na conta do WhatsApp, porque outros números daqui o usam.";
    "Meta could not be told to stop sending ({reason}). Remove the app from the WhatsApp account in Meta's Business settings → Apps."
        / "Não foi possível pedir à Meta que pare de enviar ({reason}). Remova o app da conta do WhatsApp em Configurações do negócio → Apps, na Meta.";
    "Remove the callback URL under WhatsApp → Configuration in Meta's console, unless other numbers use it."
        / "Remova a URL de callback em WhatsApp → Configuração no painel da Meta, a menos que outros números a usem.";
    "Revoke the access token in Meta's Business settings → System users, unless something else uses it."
        / "Revogue o token de acesso em Configurações do negócio → Usuários do sistema, na Meta, a menos que algo mais o use.";

    // The chat on websites.
    "This chat is closed" / "Este chat está fechado";
    "This chat is closed." / "Este chat está fechado.";
    "Please get in touch in another way." / "Por favor, entre em contato de outra forma.";
    "This chat does not exist" / "Este chat não existe";
    "Please look at the address again." / "Por favor, confira o endereço.";
    "Begin a new chat." / "Comece um novo chat.";
    "This visitor is not known." / "Este visitante não é conhecido.";
    "This chat has ended, because it was not used for a long time."
        / "Este chat terminou porque ficou muito tempo sem uso.";
    "Try again in a second." / "Tente de novo em um segundo.";
    "Try again in {seconds} seconds." / "Tente de novo em {seconds} segundos.";
    "Try again in {} minutes." / "Tente de novo em {} minutos.";
    "Try again in {} hours." / "Tente de novo em {} horas.";
    "Too many chats were begun from here." / "Chats demais foram iniciados a partir daqui.";
    "This page asks for news too often." / "Esta página pede novidades com frequência demais.";
    "That was a lot at once." / "Foi muita coisa de uma vez.";
    "That was a lot for one day." / "Foi muita coisa para um dia.";
    "A lot was written from here just now." / "Muito foi escrito a partir daqui agora há pouco.";
    "Very many people are writing just now." / "Muitas pessoas estão escrevendo agora.";
    "This chat is open in too many tabs." / "Este chat está aberto em abas demais.";
    "Too many chats are open from here." / "Há chats demais abertos a partir daqui.";
    "Very many chats are open just now." / "Há muitos chats abertos agora.";
}
