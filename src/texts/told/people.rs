//! Why somebody is not asked in, let in or taken out, and what a token may not do.

super::told! {
    "You cannot do this to yourself." / "Você não pode fazer isto consigo.";
    "Ask another owner or admin." / "Peça a outro proprietário ou administrador.";
    "Only an owner can do this with owners." / "Só um proprietário pode fazer isto com proprietários.";
    "Ask an owner of this workspace." / "Peça a um proprietário deste espaço de trabalho.";
    "The invitation" / "O convite";
    "The sign-in" / "O acesso";
    "Somebody with this e-mail address belongs to the workspace already."
        / "Alguém com este endereço de e-mail já faz parte do espaço de trabalho.";
    "More than {OPEN_MAX} invitations are open." / "Há mais de {OPEN_MAX} convites em aberto.";
    "Withdraw those that nobody needs any more." / "Cancele os que ninguém mais precisa.";
    "You belong to this workspace already." / "Você já faz parte deste espaço de trabalho.";
    "This invitation is not valid any more: it was used or withdrawn, it is older than a week, or whoever sent it has left."
        / "Este convite não vale mais: foi usado ou cancelado, tem mais de uma semana, ou quem o enviou saiu.";
    "Ask whoever sent it for a new link." / "Peça um novo link a quem o enviou.";
    "There is an account with this e-mail address already." / "Já existe uma conta com este endereço de e-mail.";
    "Sign in with it, then open the link again." / "Entre com ela e abra o link de novo.";
    "An API token cannot do this." / "Um token de API não pode fazer isto.";
    "Sign in with a browser and do it there." / "Entre com um navegador e faça isto lá.";
    "This API token lacks the scope “{scope}”." / "Este token de API não tem o escopo “{scope}”.";
    "Use a token that has it. Scopes are chosen when a token is made."
        / "Use um token que o tenha. Os escopos são escolhidos quando um token é criado.";
    "A token needs at least one scope." / "Um token precisa de pelo menos um escopo.";
    "A token lasts from 1 to {TOKEN_DAYS} days." / "Um token vale de 1 a {TOKEN_DAYS} dias.";
    "You have {TOKENS_MAX} tokens already." / "Você já tem {TOKENS_MAX} tokens.";
    "Revoke those that nothing uses any more." / "Revogue os que nada mais usa.";
    "There were too many wrong passwords." / "Houve senhas erradas demais.";
    "Wait a little, then try again." / "Espere um pouco e tente de novo.";
    "This is not your password." / "Esta não é a sua senha.";
    "Type it again." / "Digite de novo.";
    "There were too many wrong codes." / "Houve códigos errados demais.";
    "Look for them in the list of people." / "Procure na lista de pessoas.";
    "Go to it: under Settings → Account." / "Vá até ele: em Configurações → Conta.";
    "The operator of this installation has disabled this user." / "O operador desta instalação desativou este usuário.";
    "Ask them to let the user in again: parlance user enable --email …."
        / "Peça que ele permita o acesso de novo: parlance user enable --email ….";

    "You use two-factor authentication already." / "Você já usa autenticação em dois fatores.";
    "Switch it off first." / "Desative-a primeiro.";
    "You do not use two-factor authentication." / "Você não usa autenticação em dois fatores.";
    "Set it up first." / "Configure-a primeiro.";
    "There is nothing to confirm." / "Não há nada para confirmar.";
    "Load the page again." / "Recarregue a página.";
    "This is not the code of your app." / "Este não é o código do seu aplicativo.";
    "Wait for the next one. The clocks of phone and server must agree to half a minute."
        / "Espere pelo próximo. Os relógios do celular e do servidor não podem divergir mais de meio minuto.";
    "You do not use two-factor authentication yourself." / "Você ainda não usa autenticação em dois fatores.";
    "Set it up first, or you would lock yourself out." / "Configure-a primeiro, ou você ficaria sem acesso.";
    "This workspace requires two-factor authentication, and you have not set it up yet."
        / "Este espaço de trabalho exige autenticação em dois fatores, e você ainda não a configurou.";
    "Set it up under Settings → Account." / "Configure-a em Configurações → Conta.";
}
