//! Lines between the messages of a conversation, what cannot be shown of a message, and why nothing can be sent.

super::told! {
    // Who answers.
    "{who} took over the conversation" / "{who} assumiu a conversa";
    "{who} gave the conversation back to the bot" / "{who} devolveu a conversa ao bot";
    "{who} assigned the conversation to {name}" / "{who} atribuiu a conversa a {name}";
    "{who} took on the conversation" / "{who} ficou responsável pela conversa";
    "{who} put the conversation back into the queue" / "{who} devolveu a conversa à fila";
    "{name} cannot sign in any more: the conversation is back in the queue"
        / "{name} não pode mais entrar: a conversa voltou à fila";
    "{who} added the label {names}" / "{who} adicionou a etiqueta {names}";
    "{who} took off the label {names}" / "{who} removeu a etiqueta {names}";
    "{} snoozed the conversation" / "{} adiou a conversa";
    "The time that it was snoozed for is over: the conversation is open again"
        / "O prazo do adiamento acabou: a conversa está aberta de novo";
    "{} resolved the conversation. The bot answers again." / "{} resolveu a conversa. O bot voltou a responder.";
    "You" / "Você";
    "On the phone" / "No telefone";
    "Website visitor" / "Visitante do site";
    "Deleted chatbot" / "Chatbot excluído";
    "The customer asked for a person. The bot is silent until the conversation is given back to it."
        / "O cliente pediu uma pessoa. O bot fica em silêncio até a conversa ser devolvida a ele.";
    "The bot did not know the answer, twice in a row: somebody has to help. It is silent until the conversation is given back to it."
        / "O bot não soube a resposta duas vezes seguidas: alguém precisa ajudar. Ele fica em silêncio até a conversa ser devolvida a ele.";
    "The bot could not answer, twice in a row: somebody has to help. Try its chatbot out before you give the conversation back to it."
        / "O bot não conseguiu responder duas vezes seguidas: alguém precisa ajudar. Experimente o chatbot antes de devolver a conversa a ele.";
    "The bot has stopped: the other side seems to be a bot, too. Give the conversation back to it to let it answer again."
        / "O bot parou: o outro lado também parece ser um bot. Devolva a conversa a ele para que volte a responder.";
    "Somebody answered on the phone: the bot is silent. Give the conversation back to it to let it answer again."
        / "Alguém respondeu pelo telefone: o bot está em silêncio. Devolva a conversa a ele para que volte a responder.";
    "The bot has stopped: again and again it got the same replies within seconds, as from another bot. {next}"
        / "O bot parou: recebeu várias vezes as mesmas respostas em poucos segundos, como se fossem de outro bot. {next}";
    "The bot has stopped: {QUICK_MAX} times in a row it got a reply within seconds, as from another bot. {next}"
        / "O bot parou: {QUICK_MAX} vezes seguidas recebeu uma resposta em poucos segundos, como se fosse de outro bot. {next}";
    "Give the conversation back to the bot to let it answer again." / "Devolva a conversa ao bot para que ele volte a responder.";
    "Nobody of the team has written for {}: the bot answers again. The customer still waits for a person."
        / "Ninguém da equipe escreveu por {}: o bot voltou a responder. O cliente ainda espera por uma pessoa.";
    "Nobody of the team has written for {}: the bot answers again."
        / "Ninguém da equipe escreveu por {}: o bot voltou a responder.";
    "1 day" / "1 dia";
    "{} days" / "{} dias";
    "1 hour" / "1 hora";
    "{} hours" / "{} horas";
    "1 minute" / "1 minuto";
    "{} minutes" / "{} minutos";

    // What a new chatbot says, in the language of whoever makes it.
    "Sorry, I do not know the answer to that. Please put it in other words, or ask for a person."
        / "Desculpe, não sei responder a isso. Pergunte com outras palavras, por favor, ou peça para falar com uma pessoa.";

    // Why nothing can be sent.
    "The chatbot was deleted, and its website chat with it. This conversation is history."
        / "O chatbot foi excluído, e o chat do site com ele. Esta conversa é histórico.";
    "A newer version of Parlance knows this channel. Update this server to answer."
        / "Uma versão mais nova do Parlance conhece este canal. Atualize este servidor para responder.";
    "The chatbot's website chat is switched off: visitors cannot read what you write."
        / "O chat do site deste chatbot está desligado: os visitantes não podem ler o que você escreve.";
    "The integration was deleted. This conversation is history." / "A integração foi excluída. Esta conversa é histórico.";
    "The integration “{}” is inactive: nothing is sent through it." / "A integração “{}” está inativa: nada é enviado por ela.";
    "The integration “{}” has stopped: {reason}" / "A integração “{}” parou: {reason}";
    "More than 24 hours have passed since the customer's last message. WhatsApp takes free text again when they write."
        / "Passaram-se mais de 24 horas desde a última mensagem do cliente. O WhatsApp volta a aceitar texto livre quando ele escrever.";
    "The integration cannot send just now." / "A integração não pode enviar agora.";
    "The credentials could not be read." / "Não foi possível ler as credenciais.";
    "Meta could not be reached until the customer's 24 hours were over. Nothing was sent: wait for the customer to write, or send an approved template."
        / "Não foi possível alcançar a Meta até o fim das 24 horas do cliente. Nada foi enviado: espere o cliente escrever ou envie um modelo aprovado.";

    // What cannot be shown, with what to do.
    "Message of a newer version" / "Mensagem de uma versão mais nova";
    "A newer version of Parlance shows the rest of it. Load the page again."
        / "Uma versão mais nova do Parlance mostra o resto. Recarregue a página.";
    "{}. {rest}" / "{}. {rest}";
    "Empty message" / "Mensagem vazia";
    "Photo" / "Foto";
    "Video" / "Vídeo";
    "Audio" / "Áudio";
    "Voice message" / "Mensagem de voz";
    "Document" / "Documento";
    "Sticker" / "Figurinha";
    "Location" / "Localização";
    "Contact card" / "Cartão de contato";
    "Order" / "Pedido";
    "Choice" / "Escolha";
    "Form" / "Formulário";
    "Answer about calls" / "Resposta sobre chamadas";
    "Reaction" / "Reação";
    "Edited message" / "Mensagem editada";
    "Deleted message" / "Mensagem apagada";
    "Notice from WhatsApp" / "Aviso do WhatsApp";
    "Opened chat" / "Conversa aberta";
    "Call" / "Chamada";
    "Disappearing message" / "Mensagem temporária";
    "File that is too large" / "Arquivo grande demais";
    "Message that did not come through" / "Mensagem que não chegou";
    "GIF" / "GIF";
    "Poll" / "Enquete";
    "Invitation to a group" / "Convite para um grupo";
    "Pinned message" / "Mensagem fixada";
    "List" / "Lista";
    "Link" / "Link";
    "Photo or video" / "Foto ou vídeo";
    "Unsupported message" / "Mensagem não compatível";
    "Message of an unknown kind (“{}”)" / "Mensagem de tipo desconhecido (“{}”)";
    "It came without words. Ask the customer to send it again." / "Chegou sem palavras. Peça ao cliente que envie de novo.";
    "It cannot be shown here yet. Ask the customer to say in words what it shows."
        / "Ainda não pode ser mostrado aqui. Peça ao cliente que descreva em palavras.";
    "It cannot be played here yet. Ask the customer to write what it says."
        / "Ainda não pode ser reproduzido aqui. Peça ao cliente que escreva o que diz.";
    "It cannot be opened here yet. Ask the customer for what matters in it."
        / "Ainda não pode ser aberto aqui. Pergunte ao cliente o que importa nele.";
    "It cannot be shown on a map here yet. Ask the customer for the address if you need it."
        / "Ainda não pode ser mostrado em um mapa aqui. Peça o endereço ao cliente, se precisar.";
    "It cannot be shown whole here yet. Ask the customer to write what you need of it."
        / "Ainda não pode ser mostrado por inteiro aqui. Peça ao cliente que escreva o que você precisa.";
    "Its articles cannot be shown here yet. Ask the customer which ones they want."
        / "Os artigos ainda não podem ser mostrados aqui. Pergunte ao cliente quais ele quer.";
    "What was chosen did not come along. Ask the customer to write it."
        / "O que foi escolhido não veio junto. Peça ao cliente que escreva.";
    "What was filled in cannot be shown here yet. Ask the customer for what you need."
        / "O que foi preenchido ainda não pode ser mostrado aqui. Pergunte ao cliente o que você precisa.";
    "What was changed cannot be shown here yet. Ask the customer what holds now."
        / "O que mudou ainda não pode ser mostrado aqui. Pergunte ao cliente o que vale agora.";
    "The customer took an earlier message back. It is still shown here."
        / "O cliente apagou uma mensagem anterior. Ela continua visível aqui.";
    "It cannot be shown here yet. There is nothing that you have to do."
        / "Ainda não pode ser mostrado aqui. Você não precisa fazer nada.";
    "The customer called. Calls are not taken here: ask them to write."
        / "O cliente ligou. Chamadas não são atendidas aqui: peça que ele escreva.";
    "WhatsApp does not pass it on to businesses. Ask the customer to send it as a usual message."
        / "O WhatsApp não a repassa a empresas. Peça ao cliente que a envie como mensagem comum.";
    "WhatsApp passes on nothing beyond 100 MB. Ask the customer for something smaller."
        / "O WhatsApp não repassa nada acima de 100 MB. Peça ao cliente algo menor.";
    "WhatsApp could not pass it on this time. Ask the customer to send it again."
        / "O WhatsApp não conseguiu repassá-la desta vez. Peça ao cliente que envie de novo.";
    "WhatsApp does not pass it on to businesses. Ask the customer to send it in another way."
        / "O WhatsApp não a repassa a empresas. Peça ao cliente que envie de outra forma.";
    "A message of a kind that Parlance does not know yet (“{kind}”). Ask the customer to say it in words."
        / "Uma mensagem de um tipo que o Parlance ainda não conhece (“{kind}”). Peça ao cliente que diga em palavras.";
}
