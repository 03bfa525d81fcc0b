//! The chat that visitors of a website see.

super::room! { widget:
    messages: "Messages" / "Mensagens";
    message: "Message" / "Mensagem";
    placeholder: "Write a message…" / "Escreva uma mensagem…";
    send: "Send" / "Enviar";
    no_script: "This chat needs JavaScript." / "Este chat precisa de JavaScript.";
    // What its script says.
    no_connection: "No connection. Trying again…" / "Sem conexão. Tentando de novo…";
    not_sent: "Not sent." / "Não enviada.";
    deleted: "This conversation was deleted. You can begin a new one."
        / "Esta conversa foi apagada. Você pode começar outra.";
}
