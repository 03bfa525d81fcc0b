//! What is around every page: navigation, menus, notices, dialogs, moments.

super::room! { shell:
    // The document.
    stuck: "This page did not load completely, so its buttons may do nothing."
        / "Esta página não carregou por completo, por isso seus botões podem não funcionar.";
    reload: "Reload" / "Recarregar";
    skip: "Skip to the content" / "Ir para o conteúdo";

    // Navigation.
    main: "Main" / "Principal";
    inbox: "Inbox" / "Conversas";
    chatbots: "Chatbots" / "Chatbots";
    contacts: "Contacts" / "Contatos";
    integrations: "Integrations" / "Integrações";
    sandbox: "Sandbox" / "Simulador";
    account: "Account" / "Conta";
    settings: "Settings" / "Configurações";
    sign_out: "Sign out" / "Sair";
    language: "Language" / "Idioma";
    theme: "Theme" / "Tema";
    light: "Light" / "Claro";
    dark: "Dark" / "Escuro";
    system: "System" / "Sistema";
    owner: "Owner" / "Proprietário";
    admin: "Admin" / "Administrador";
    agent: "Agent" / "Atendente";

    // Notices and dialogs.
    offline: "No connection. What you write stays here; everything new comes when it is back."
        / "Sem conexão. O que você escreve fica aqui; as novidades chegam quando ela voltar.";
    notices: "Notices" / "Avisos";
    dismiss: "Dismiss" / "Dispensar";
    close: "Close" / "Fechar";
    show: "Show" / "Mostrar";
    hide: "Hide" / "Ocultar";
    copied: "Copied" / "Copiado";
    not_copied: "Not allowed: select and copy it by hand" / "Não permitido: selecione e copie à mão";
    loading: "Loading…" / "Carregando…";
    cancel: "Cancel" / "Cancelar";
    save: "Save" / "Salvar";
    delete: "Delete" / "Excluir";
    done: "Done" / "Concluir";
    try_again: "Try again" / "Tentar de novo";
    meta_code(code): "Meta’s code {code}" / "Código da Meta {code}";
    meta_trace(code, trace): "Meta’s code {code}, trace {trace}" / "Código da Meta {code}, rastreio {trace}";
    request: "Request" / "Pedido";
    discard_title: "Discard what you entered?" / "Descartar o que você digitou?";
    discard_text: "Nothing of it is saved yet." / "Nada disso foi salvo ainda.";
    keep_editing: "Keep editing" / "Continuar editando";
    discard: "Discard" / "Descartar";
    not_loaded: "This page could not be loaded." / "Não foi possível carregar esta página.";
    not_loaded_why: "The connection is bad, or Parlance was updated meanwhile. Trying again loads the whole page anew."
        / "A conexão está ruim, ou o Parlance foi atualizado nesse meio-tempo. Tentar de novo recarrega a página inteira.";
    not_found: "Not found" / "Não encontrada";
    no_such_page: "There is no such page" / "Esta página não existe";
    no_such_page_text: "The address may be mistyped, or what stood here was deleted."
        / "O endereço pode estar errado, ou o que estava aqui foi apagado.";
    to_inbox: "Go to the inbox" / "Ir para as conversas";

    // Numbers and sizes.
    thousands: "," / ".";
    decimal: "." / ",";
    bytes[count]: "{count} byte|{count} bytes" / "{count} byte|{count} bytes";
    kilobytes(size): "{size} kB" / "{size} kB";
    megabytes(size): "{size} MB" / "{size} MB";

    // Moments.
    today: "Today" / "Hoje";
    yesterday: "Yesterday" / "Ontem";
    now: "now" / "agora";
    months: "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec" / "jan|fev|mar|abr|mai|jun|jul|ago|set|out|nov|dez";
    date(date, month, year): "{date} {month} {year}" / "{date} de {month} de {year}";
    short_date(date, month): "{date} {month}" / "{date} de {month}";
    full(date, time): "{date}, {time}" / "{date}, {time}";
    minutes(minutes): "{minutes} min" / "{minutes} min";
    hours(hours): "{hours} h" / "{hours} h";
    days(days): "{days} d" / "{days} d";
    hours_minutes(hours, minutes): "{hours} h {minutes} min" / "{hours} h {minutes} min";
    next_try: "Next try at" / "Próxima tentativa às";
    retrying: "Retrying now…" / "Tentando de novo agora…";
    retrying_seconds(seconds): "Retrying in {seconds} s." / "Nova tentativa em {seconds} s.";
    retrying_minutes(minutes): "Retrying in {minutes} min." / "Nova tentativa em {minutes} min.";
}
