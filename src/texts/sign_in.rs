//! The page where people sign in.

super::room! { sign_in:
    title: "Sign in" / "Entrar";
    email: "Email" / "E-mail";
    password: "Password" / "Senha";
    submit: "Sign in" / "Entrar";
    wrong: "Email or password is wrong." / "E-mail ou senha incorretos.";
    wrong_action: "Check both and try again. An owner can set a new password for you."
        / "Confira os dois e tente de novo. Um proprietário pode definir uma nova senha para você.";
    throttled: "Too many attempts." / "Tentativas demais.";
    throttled_action: "Wait a few minutes, then try again." / "Espere alguns minutos e tente de novo.";
    expired: "That took too long." / "Demorou demais.";
    expired_action: "Begin again with your password." / "Comece de novo com a sua senha.";
    code_title: "Enter your code" / "Digite seu código";
    code_lead: "Of your authenticator app; or one of your recovery codes." / "Do seu aplicativo autenticador; ou um dos seus códigos de recuperação.";
    code: "Code" / "Código";
    wrong_code: "This is not the code of now." / "Este não é o código de agora.";
    wrong_code_action: "Wait for the next one and try again. Each code works once. If the app is lost, use a recovery code."
        / "Espere o próximo e tente de novo. Cada código funciona uma vez. Se perdeu o aplicativo, use um código de recuperação.";
    start_over: "Use another account" / "Usar outra conta";
    unavailable: "The server cannot check that just now." / "O servidor não consegue verificar isso agora.";
    unavailable_action: "Try again in a few seconds." / "Tente de novo em alguns segundos.";
}
