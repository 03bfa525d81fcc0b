//! The audit log: who did what.

super::room! { audit:
    title: "Audit log" / "Registro de auditoria";
    lead: "Who did what that people may have to answer for. Entries are added, and neither changed nor deleted."
        / "Quem fez o quê e pode ter de responder por isso. Entradas são adicionadas, nunca alteradas nem excluídas.";
    none: "Nothing yet" / "Nada ainda";
    none_text: "Sign-ins, roles, secrets and deletions will stand here." / "Acessos, papéis, segredos e exclusões aparecerão aqui.";
    nothing_found: "Nothing like that is on record." / "Não há registro disso.";
    person: "Who" / "Quem";
    everybody: "Everybody" / "Todos";
    action: "What" / "O quê";
    every_action: "Everything" / "Tudo";
    when: "When" / "Quando";
    any_time: "Any time" / "Qualquer momento";
    last_day: "Last 24 hours" / "Últimas 24 horas";
    last_week: "Last 7 days" / "Últimos 7 dias";
    last_month: "Last 30 days" / "Últimos 30 dias";
    export: "Export" / "Exportar";
    export_why: "A file with the entries that are listed, all of them. The audit log keeps that you took it."
        / "Um arquivo com todas as entradas listadas. O registro de auditoria guarda que você o baixou.";
    older: "Older ones" / "Mais antigas";
    the_server: "Parlance itself" / "O próprio Parlance";
    the_operator: "Command line" / "Linha de comando";
    a_customer: "A customer" / "Um cliente";
    somebody: "Somebody" / "Alguém";
    by_token: "with an API token" / "com um token de API";
    from_to(from, to): "{from} → {to}" / "{from} → {to}";
    switched_on: "on" / "ligado";
    switched_off: "off" / "desligado";

    integration_created: "Integration connected" / "Integração conectada";
    integration_changed: "Integration changed" / "Integração alterada";
    integration_switched: "Integration switched" / "Integração ligada ou desligada";
    integration_deleted: "Integration deleted" / "Integração excluída";
    delivery_read: "Raw webhook read" / "Webhook bruto lido";
    dead_letters_replayed: "Dead letters replayed" / "Itens não guardados reprocessados";
    chatbot_created: "Chatbot created" / "Chatbot criado";
    chatbot_changed: "Chatbot changed" / "Chatbot alterado";
    chatbot_switched: "Website chat switched" / "Chat do site ligado ou desligado";
    chatbot_deleted: "Chatbot deleted" / "Chatbot excluído";
    conversation_erased: "Conversation erased" / "Conversa apagada";
    contact_erased: "Contact erased" / "Contato apagado";
    website_history_erased: "Website history erased" / "Histórico do site apagado";
    contact_changed: "Contact changed" / "Contato alterado";
    contact_blocked: "Contact blocked" / "Contato bloqueado";
    contact_unblocked: "Contact unblocked" / "Contato desbloqueado";
    number_revealed: "Phone number revealed" / "Número de telefone revelado";
    contacts_exported: "Contacts exported" / "Contatos exportados";
    audit_log_exported: "Audit log exported" / "Registro de auditoria exportado";
    contact_field_changed: "Custom field changed" / "Campo personalizado alterado";
    contact_field_removed: "Custom field removed" / "Campo personalizado removido";
    label_created: "Label created" / "Etiqueta criada";
    label_changed: "Label changed" / "Etiqueta alterada";
    label_deleted: "Label deleted" / "Etiqueta excluída";
    person_added: "Person added" / "Pessoa adicionada";
    role_changed: "Role changed" / "Papel alterado";
    person_disabled: "Person deactivated" / "Pessoa desativada";
    person_enabled: "Person reactivated" / "Pessoa reativada";
    person_removed: "Person removed" / "Pessoa removida";
    password_changed: "Password changed" / "Senha alterada";
    token_made: "API token created" / "Token de API criado";
    token_revoked: "API token revoked" / "Token de API revogado";
    signed_in: "Signed in" / "Entrou";
    signed_out: "Signed out" / "Saiu";
    signed_out_elsewhere: "Signed out elsewhere" / "Saiu dos outros dispositivos";
    second_factor_changed: "Two-factor authentication switched" / "Autenticação em dois fatores ligada ou desligada";
    recovery_codes_renewed: "Recovery codes renewed" / "Códigos de recuperação renovados";
    recovery_code_used: "Signed in with a recovery code" / "Entrou com um código de recuperação";
    invitation_made: "Person invited" / "Pessoa convidada";
    invitation_withdrawn: "Invitation withdrawn" / "Convite cancelado";
    workspace_changed: "Workspace changed" / "Espaço de trabalho alterado";
    newer: "Something that this version does not know" / "Algo que esta versão não conhece";
}
