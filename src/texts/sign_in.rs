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
    code_lead: "The code of your authenticator app, or a recovery code." / "O código do seu aplicativo autenticador ou um código de recuperação.";
    code: "Code" / "Código";
    wrong_code: "This code is not valid now." / "Este código não é válido agora.";
    wrong_code_action: "Wait for the next one and try again. Each code works once. If the app is lost, use a recovery code."
        / "Espere o próximo e tente de novo. Cada código funciona uma vez. Se perdeu o aplicativo, use um código de recuperação.";
    start_over: "Use another account" / "Usar outra conta";
    unavailable: "The server cannot check that just now." / "O servidor não consegue verificar isso agora.";
    unavailable_action: "Try again in a few seconds." / "Tente de novo em alguns segundos.";
}
