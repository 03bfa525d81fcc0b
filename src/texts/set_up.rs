//! The page where the first account is made.

super::room! { set_up:
    title: "Set up" / "Instalação";
    heading: "Set up Parlance" / "Instalar o Parlance";
    closed: "This installation is set up already. Ask its owner for an account, or sign in with yours."
        / "Esta instalação já está pronta. Peça uma conta ao proprietário ou entre com a sua.";
    more_characters[count]: "{count} more character is needed.|{count} more characters are needed."
        / "Falta mais {count} caractere.|Faltam mais {count} caracteres.";
    lead: "This makes the workspace and your account as its owner. It takes a minute, and happens once."
        / "Aqui você cria o espaço de trabalho e a sua conta de proprietário. Leva um minuto e acontece uma única vez.";
    workspace: "Workspace name" / "Nome do espaço de trabalho";
    workspace_hint: "Your company or team." / "Sua empresa ou equipe.";
    name: "Your name" / "Seu nome";
    name_hint: "Colleagues see it beside your answers." / "Os colegas o veem ao lado das suas respostas.";
    password_hint: "10 characters or more. A few words in a row are easy to remember."
        / "10 caracteres ou mais. Algumas palavras em sequência são fáceis de lembrar.";
    code: "Set-up code" / "Código de instalação";
    code_hint: "It stands in the server's log: only who runs the server can finish this."
        / "Ele está no log do servidor: só quem administra o servidor pode concluir isto.";
    submit: "Create account" / "Criar conta";
    no_script: "Setting up needs JavaScript. Please switch it on and load the page again."
        / "A instalação precisa de JavaScript. Ative-o e recarregue a página.";
    has_account: "Is there an account already?" / "Já existe uma conta?";
}
