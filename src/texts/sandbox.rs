//! The sandbox: phones of simulated customers.

super::room! { sandbox:
    title: "Sandbox" / "Simulador";
    lead: "Write to your numbers as a customer would. Nothing leaves this server."
        / "Escreva para os seus números como um cliente faria. Nada sai deste servidor.";
    no_number: "No sandbox number yet" / "Nenhum número do simulador ainda";
    no_number_text: "The sandbox is a WhatsApp simulator. Press “Use the sandbox” on the integrations page to connect a number of it to a chatbot, then come back and write to it."
        / "O simulador imita o WhatsApp. Pressione “Usar o simulador” na página de integrações para conectar um número dele a um chatbot; depois volte e escreva para ele.";
    to_integrations: "Go to the integrations" / "Ir para as integrações";
    number: "Number" / "Número";
    no_webhook: "No webhook is set for this number: messages to it arrive nowhere."
        / "Este número não tem webhook: as mensagens para ele não chegam a lugar nenhum.";
    customers: "Customers" / "Clientes";
    phone_hidden: "Phone number hidden" / "Telefone oculto";
    no_customer: "No customer yet" / "Nenhum cliente ainda";
    no_customer_text: "Add a customer: their phone appears here." / "Adicione um cliente: o telefone dele aparece aqui.";

    // A further customer.
    add_customer: "Add customer" / "Adicionar cliente";
    add_title: "Add a customer" / "Adicionar um cliente";
    name: "Name" / "Nome";
    name_hint: "The profile name that the business sees." / "O nome do perfil que a empresa vê.";
    hide_phone: "Hide phone number" / "Ocultar o telefone";
    hide_phone_hint: "Known by the user id only, as customers with a user name are."
        / "Conhecido só pela identificação de usuário, como clientes que têm nome de usuário.";
    add: "Add" / "Adicionar";

    // The phone.
    phone: "Phone" / "Telefone";
    phone_of(owner): "On the phone of {owner}" / "No telefone de {owner}";
    typing: "The business is typing" / "A empresa está digitando";
    on_its_way: "on its way" / "a caminho";
    refused: "refused by the webhook" / "recusada pelo webhook";
    send_location: "Send my location" / "Enviar minha localização";
}
