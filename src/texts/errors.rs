//! Errors that server and browser both make.

super::room! { errors:
    unauthenticated: "You are not signed in." / "Você não entrou na sua conta.";
    unauthenticated_action: "Sign in and try again." / "Entre e tente de novo.";
    forbidden: "Your role does not allow this." / "A sua função não permite isto.";
    forbidden_action: "Ask an owner of the workspace to do it or to change your role."
        / "Peça a um proprietário do espaço de trabalho que o faça ou que mude a sua função.";
    not_found(what): "{what} does not exist, or is not in your workspace."
        / "{what} não existe ou não está no seu espaço de trabalho.";
    not_found_action: "Go back to the list and look whether it was deleted." / "Volte à lista e veja se houve uma exclusão.";
    unavailable: "The server cannot store or read anything just now."
        / "O servidor não consegue guardar nem ler nada agora.";
    unavailable_action: "Try again in a few seconds. Nothing that was confirmed before is lost."
        / "Tente de novo em alguns segundos. Nada do que já foi confirmado se perdeu.";
    internal: "Something went wrong on the server." / "Algo deu errado no servidor.";
    internal_action: "Try again. If it stays, look for the request id in the server's log."
        / "Tente de novo. Se continuar, procure o número do pedido no log do servidor.";
    unreadable(reason): "The request could not be read: {reason}." / "Não foi possível ler o pedido: {reason}.";
    unreadable_action: "Check the names and types of the fields against the description of the API."
        / "Compare os nomes e tipos dos campos com a descrição da API.";
    unreachable: "The server cannot be reached." / "Não foi possível alcançar o servidor.";
    unreachable_action: "Check your connection and try again." / "Verifique a sua conexão e tente de novo.";

    // What is wrong with a value from Meta's console.
    needed: "This is needed." / "Isto é obrigatório.";
    needed_api_setup: "This is needed. Copy it from WhatsApp → API Setup in Meta's console."
        / "Isto é obrigatório. Copie de WhatsApp → Configuração da API no painel da Meta.";
    needed_basic: "This is needed. Copy it from App settings → Basic in Meta's console."
        / "Isto é obrigatório. Copie de Configurações do app → Básico no painel da Meta.";
    needed_console: "This is needed. Copy it from Meta's console." / "Isto é obrigatório. Copie do painel da Meta.";
    looks_like_phone: "This looks like a phone number. The id stands right below the number in Meta's console."
        / "Isto parece um número de telefone. A identificação está logo abaixo do número no painel da Meta.";
    digits_only: "An id consists of digits only." / "Uma identificação tem só dígitos.";
    about_15_digits: "An id has about 15 digits." / "Uma identificação tem cerca de 15 dígitos.";
    not_in_one_piece: "There is a space or line break in it. Copy it again, in one piece."
        / "Há um espaço ou uma quebra de linha no meio. Copie de novo, inteiro.";
    strange_character: "There is a character in it that Meta does not use. Copy it again."
        / "Há um caractere que a Meta não usa. Copie de novo.";
    too_long: "This is too long. Copy only the value itself." / "Isto é longo demais. Copie só o próprio valor.";
}
