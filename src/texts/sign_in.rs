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
    unavailable: "The server cannot check that just now." / "O servidor não consegue verificar isso agora.";
    unavailable_action: "Try again in a few seconds." / "Tente de novo em alguns segundos.";
}
