//! Contacts: the list, one contact, and the fields that a workspace makes for them.

super::room! { contacts:
    // The list.
    title: "Contacts" / "Contatos";
    all: "All contacts" / "Todos os contatos";
    search: "Search contacts" / "Buscar contatos";
    search_hint: "The beginning of a name or user name, or a phone number."
        / "O começo de um nome ou nome de usuário, ou um número de telefone.";
    search_verb: "Search" / "Buscar";
    filter: "Filter contacts" / "Filtrar contatos";
    everybody: "All" / "Todos";
    blocked: "Blocked" / "Bloqueados";
    opted_out: "Opted out" / "Recusaram";
    load_more: "Load more" / "Carregar mais";
    none_yet: "No contact yet" / "Nenhum contato ainda";
    none_yet_text: "Whoever writes to you appears here by themselves, with their conversations."
        / "Quem escrever para você aparece aqui automaticamente, com suas conversas.";
    none_found: "Nobody found" / "Ninguém encontrado";
    none_found_text: "Names are found by their beginning, numbers with their country code."
        / "Nomes são encontrados pelo começo, números com o código do país.";
    show_all: "Show all contacts" / "Mostrar todos os contatos";
    is_blocked: "Blocked" / "Bloqueado";
    is_opted_in: "Opted in" / "Consentiu";
    is_opted_out: "Opted out" / "Recusou";

    // One contact.
    open: "Everything about this contact" / "Tudo sobre este contato";
    export: "Export" / "Exportar";
    export_why: "A file with all contacts and their whole numbers. The audit log keeps that you took it."
        / "Um arquivo com todos os contatos e seus números inteiros. O registro de auditoria guarda que você o baixou.";
    contact: "Contact" / "Contato";
    the_contact: "The contact" / "O contato";
    about: "About" / "Sobre";
    name: "Name" / "Nome";
    name_hint: "Yours stays whatever the customer calls themselves. Leave it empty to go by their own name."
        / "O seu permanece, seja como for que o cliente se chame. Deixe em branco para usar o nome dele.";
    none: "None" / "Nenhum";
    saved: "The contact is saved." / "O contato foi salvo.";
    phone: "Phone number" / "Número de telefone";
    reveal: "Show the whole number" / "Mostrar o número inteiro";
    reveal_why: "The audit log keeps that you saw it." / "O registro de auditoria guarda que você o viu.";
    known_by: "Known by" / "Identificado por";
    user_id: "User id" / "ID de usuário";
    parent_user_id: "User id of the whole business" / "ID de usuário de toda a empresa";
    visitor_id: "Website visitor" / "Visitante do site";
    other_id: "Another kind" / "Outro tipo";
    since: "Since" / "Desde";
    conversations: "Conversations" / "Conversas";
    no_conversation: "There is no conversation with this contact." / "Não há conversa com este contato.";
    status_open: "Open" / "Aberta";
    status_snoozed: "Snoozed" / "Adiada";
    status_resolved: "Resolved" / "Resolvida";
    status_other: "Another status" / "Outro status";
    deleted_chatbot: "Deleted chatbot" / "Chatbot excluído";

    // What they agreed to.
    consent: "Consent to be written to" / "Consentimento para receber mensagens";
    consent_state: "They" / "A pessoa";
    consent_unknown: "have not said" / "não disse";
    consent_in: "agreed (opted in)" / "concordou";
    consent_out: "refused (opted out)" / "recusou";
    consent_source: "Where it comes from" / "De onde vem";
    consent_source_hint: "For instance the form on your website, or a call." / "Por exemplo, o formulário do seu site ou uma ligação.";
    consent_proof: "What shows it" / "O que comprova";
    consent_proof_hint: "For instance the address of a scan, or the number of an order." / "Por exemplo, o endereço de um documento ou o número de um pedido.";
    consent_at: "Noted" / "Anotado";
    consent_saved: "The consent is noted." / "O consentimento foi anotado.";

    // Blocking.
    block: "Block" / "Bloquear";
    unblock: "Unblock" / "Desbloquear";
    block_title(name): "Block “{name}”?" / "Bloquear “{name}”?";
    block_text: "What they write is kept and can be read, but the bot does not answer it, it counts as unread nowhere, and nobody is told. They do not learn of it."
        / "O que a pessoa escrever fica guardado e pode ser lido, mas o bot não responde, nada conta como não lido e ninguém é avisado. Ela não fica sabendo.";
    block_done: "The contact is blocked." / "O contato foi bloqueado.";
    unblock_done: "The contact is no longer blocked." / "O contato não está mais bloqueado.";
    blocked_since: "Blocked since" / "Bloqueado desde";

    // The fields of a workspace.
    fields: "Fields" / "Campos";
    fields_title: "Fields of contacts" / "Campos dos contatos";
    no_fields: "There is no field yet. Make one for whatever you note of your customers." / "Ainda não há campos. Crie um para o que você anota sobre seus clientes.";
    field_label: "Label" / "Nome do campo";
    field_kind: "What it holds" / "O que contém";
    kind_text: "Text" / "Texto";
    kind_number: "Number" / "Número";
    kind_date: "Date" / "Data";
    kind_choice: "Choice" / "Opção";
    kind_other: "Another kind" / "Outro tipo";
    choices: "Choices" / "Opções";
    choices_hint: "One on each line." / "Uma em cada linha.";
    add_field: "Add field" / "Adicionar campo";
    field_added(label): "The field “{label}” is there." / "O campo “{label}” foi criado.";
    delete_field(label): "Delete the field “{label}”" / "Excluir o campo “{label}”";
    delete_field_title(label): "Delete the field “{label}”?" / "Excluir o campo “{label}”?";
    delete_field_text: "What is noted in it goes with it, for every contact. This cannot be undone."
        / "O que está anotado nele também é excluído, em todos os contatos. Isto não pode ser desfeito.";
    delete_verb: "Delete" / "Excluir";
    field_deleted: "The field was deleted." / "O campo foi excluído.";
}
