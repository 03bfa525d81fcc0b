//! Settings: one's own account and API tokens, the people of the workspace, the audit log.

super::room! { settings:
    title: "Settings" / "Configurações";

    // People.
    people: "People" / "Pessoas";
    people_lead: "Who works in this workspace, and what they may do." / "Quem trabalha neste espaço e o que pode fazer.";
    invite: "Invite somebody" / "Convidar alguém";
    invite_text: "You get a link to pass on, by whatever way you like. It works once, for a week."
        / "Você recebe um link para repassar, do jeito que preferir. Ele funciona uma vez, por uma semana.";
    invite_verb: "Create link" / "Criar link";
    role: "Role" / "Papel";
    role_owner: "Owner: everything, raw webhooks and other owners included" / "Proprietário: tudo, inclusive webhooks brutos e outros proprietários";
    role_admin: "Admin: chatbots, integrations, people, erasing" / "Administrador: chatbots, integrações, pessoas, exclusões";
    role_agent: "Agent: conversations" / "Atendente: conversas";
    invited(email): "Send this link to {email}. It is shown only now." / "Envie este link para {email}. Ele só aparece agora.";
    link: "Invitation link" / "Link do convite";
    copy_link: "Copy link" / "Copiar link";
    link_copied: "The link was copied." / "O link foi copiado.";
    invitations: "Open invitations" / "Convites em aberto";
    invited_by(name): "Invited by {name}" / "Convite de {name}";
    holds_until: "valid until" / "vale até";
    withdraw: "Withdraw" / "Cancelar convite";
    withdrawn(email): "The invitation to {email} was withdrawn." / "O convite para {email} foi cancelado.";
    you: "You" / "Você";
    disabled: "Deactivated" / "Acesso desativado";
    with_second_factor: "2FA" / "2FA";
    seen: "Last here" / "Última visita";
    never_seen: "Not here yet" / "Ainda não entrou";
    manage_person(name): "What to do with {name}" / "O que fazer com {name}";
    change_role: "Change role" / "Mudar o papel";
    change_role_of(name): "Change the role of {name}" / "Mudar o papel de {name}";
    role_changed(name): "{name} has another role now." / "{name} agora tem outro papel.";
    disable: "Deactivate" / "Desativar";
    disable_title(name): "Deactivate {name}?" / "Desativar {name}?";
    disable_text: "They are signed out everywhere, and their API tokens of this workspace end. What they wrote stays, and you can reactivate them."
        / "A pessoa sai de todos os dispositivos, e os tokens de API dela neste espaço terminam. O que ela escreveu fica, e você pode reativá-la.";
    disabled_done(name): "{name} was deactivated." / "{name}: acesso desativado.";
    enable: "Reactivate" / "Reativar";
    enabled_done(name): "{name} was reactivated." / "{name}: acesso reativado.";
    sign_out_everywhere: "Sign out everywhere" / "Sair de todos os dispositivos";
    sign_out_title(name): "Sign {name} out everywhere?" / "Desconectar {name} de todos os dispositivos?";
    sign_out_text: "All their sessions end, and their API tokens of this workspace. They may sign in again."
        / "Todas as sessões terminam, e os tokens de API neste espaço também. A pessoa pode entrar de novo.";
    signed_out_done(name): "{name} is signed out everywhere." / "{name} saiu de todos os dispositivos.";
    remove: "Remove" / "Remover";
    remove_title(name): "Remove {name} from this workspace?" / "Remover {name} deste espaço de trabalho?";
    remove_text: "They are out at once and for good. What they wrote stays, with their name; conversations of theirs go back to the queue."
        / "A pessoa sai imediatamente e de vez. O que ela escreveu fica, com o nome dela; as conversas dela voltam para a fila.";
    removed_done(name): "{name} was removed." / "{name}: acesso removido.";

    // Coming in.
    join_title: "Invitation" / "Convite";
    join_lead(name, workspace): "{name} invites you to work in {workspace}." / "{name} convida você a trabalhar em {workspace}.";
    join_as: "You sign in with" / "Você entra com";
    join: "Join" / "Participar";
    join_sign_in: "There is an account with this address. Sign in with it, and you come back here."
        / "Já existe uma conta com este endereço. Entre com ela e você voltará para cá.";
    join_known: "You are signed in with this address already: one press, and you are in."
        / "Você já entrou com este endereço: um toque e pronto.";

    // One's own account.
    account: "Account" / "Conta";
    account_lead: "What belongs to you, in every workspace." / "O que é seu, em todos os espaços de trabalho.";
    profile: "Name" / "Nome";
    saved_name: "Your name was saved." / "Seu nome foi salvo.";
    appearance: "Appearance and language" / "Aparência e idioma";
    appearance_text: "For this browser. Times are shown in its time zone." / "Para este navegador. Os horários seguem o fuso dele.";
    password: "Password" / "Senha";
    old_password: "Current password" / "Senha atual";
    new_password: "New password" / "Nova senha";
    revoke_tokens_too: "Revoke my API tokens, too" / "Revogar também meus tokens de API";
    change_password: "Change password" / "Mudar a senha";
    password_text: "Everybody else who is signed in as you is signed out." / "Quem mais estiver usando sua conta é desconectado.";
    password_changed: "Your password was changed." / "Sua senha foi alterada.";
    sign_ins: "Where you are signed in" / "Onde você está conectado";
    this_browser: "This browser" / "Este navegador";
    unknown_device: "Unknown device" / "Dispositivo desconhecido";
    began: "since" / "desde";
    used: "used" / "usado";
    end_sign_in: "Sign out" / "Desconectar";
    ended_sign_in: "That device is signed out." / "Esse dispositivo foi desconectado.";
    sign_out_elsewhere: "Sign out everywhere else" / "Sair dos outros dispositivos";
    signed_out_elsewhere: "You are signed in only here now." / "Agora você só está conectado aqui.";
    workspaces: "Workspaces" / "Espaços de trabalho";
    current_workspace: "You are here" / "Você está aqui";
    enter: "Go there" / "Ir para lá";

    // The second factor.
    second_factor: "Two-factor authentication" / "Autenticação em dois fatores";
    factor_off: "Off: your password alone opens your account." / "Desativada: só a senha abre sua conta.";
    factor_on: "On: signing in asks for a code of your app, too." / "Ativada: ao entrar, também é pedido um código do seu aplicativo.";
    factor_needed: "This workspace requires two-factor authentication. Set it up to go on." / "Este espaço exige autenticação em dois fatores. Configure-a para continuar.";
    codes_left[count]: "{count} recovery code left.|{count} recovery codes left." / "Resta {count} código de recuperação.|Restam {count} códigos de recuperação.";
    set_up_factor: "Set it up" / "Configurar";
    switch_off: "Switch off" / "Desativar";
    switch_off_text: "From then on your password alone opens your account." / "A partir daí, só a senha abre sua conta.";
    renew_codes: "New recovery codes" / "Novos códigos de recuperação";
    renew_codes_text: "The old ones stop working." / "Os antigos deixam de funcionar.";
    your_password: "Your password" / "Sua senha";
    go_on: "Go on" / "Continuar";
    scan: "Scan this with an authenticator app, or type the key into it. Then enter the code that it shows."
        / "Escaneie isto com um aplicativo autenticador, ou digite a chave nele. Depois digite o código que ele mostra.";
    qr: "QR code for the app" / "Código QR para o aplicativo";
    key: "Key" / "Chave";
    code: "Code" / "Código";
    confirm_code: "Switch on" / "Ativar";
    recovery_title: "Recovery codes" / "Códigos de recuperação";
    recovery_text: "Keep these where you find them without your phone. Each lets you in once. They are shown only now."
        / "Guarde-os onde você os encontre sem o celular. Cada um permite entrar uma vez. Eles só aparecem agora.";
    copy_codes: "Copy codes" / "Copiar códigos";
    codes_copied: "The codes were copied." / "Os códigos foram copiados.";
    factor_switched_off: "Two-factor authentication is off." / "A autenticação em dois fatores está desativada.";

    // The workspace.
    workspace: "Workspace" / "Espaço de trabalho";
    demand_factor: "Require two-factor authentication" / "Exigir autenticação em dois fatores";
    demand_factor_text: "Members without it have to set it up before they can do anything else. Their API tokens wait, too."
        / "Quem não a usa precisa configurá-la antes de qualquer outra coisa. Os tokens de API dessa pessoa também esperam.";
    workspace_saved: "The workspace was saved." / "O espaço de trabalho foi salvo.";

    // API tokens.
    tokens: "API tokens" / "Tokens de API";
    tokens_lead: "For programs of yours. A token may do no more than you, in this workspace, and ends with you."
        / "Para programas seus. Um token não pode mais do que você, neste espaço, e termina com você.";
    no_tokens: "No token yet" / "Nenhum token ainda";
    no_tokens_text: "With a token, a program uses the API in your name: to send messages, or to read conversations."
        / "Com um token, um programa usa a API em seu nome: para enviar mensagens ou ler conversas.";
    make_token: "Create a token" / "Criar um token";
    token_name: "What it is for" / "Para que serve";
    token_scopes: "What it may do" / "O que pode fazer";
    scope_read: "Read conversations and what is set up" / "Ler conversas e configurações";
    scope_write: "Take over, resolve, mark as read" / "Assumir, resolver, marcar como lida";
    scope_send: "Send messages" / "Enviar mensagens";
    scope_manage: "Manage: all else that you may do" / "Gerenciar: tudo o mais que você pode fazer";
    token_life: "Expires after" / "Expira depois de";
    token_days[count]: "{count} day|{count} days" / "{count} dia|{count} dias";
    token_made: "Copy the token now. It is shown only this once." / "Copie o token agora. Ele só aparece desta vez.";
    token_secret: "Token" / "Token";
    copy_token: "Copy token" / "Copiar token";
    token_copied: "The token was copied." / "O token foi copiado.";
    token_ends: "expires" / "expira";
    token_used: "last used" / "usado por último";
    token_unused: "never used" / "nunca usado";
    revoke: "Revoke" / "Revogar";
    revoke_title(name): "Revoke the token “{name}”?" / "Revogar o token “{name}”?";
    revoke_text: "Programs that use it are refused at once." / "Programas que o usam são recusados imediatamente.";
    revoked(name): "The token “{name}” was revoked." / "O token “{name}” foi revogado.";
}
