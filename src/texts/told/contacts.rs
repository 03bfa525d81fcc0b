//! What the server says about contacts and their fields.

super::told! {
    "A field is given twice." / "Um campo foi informado duas vezes.";
    "Give each field once." / "Informe cada campo uma só vez.";
    "The field" / "O campo";
    "There is no field “{key}”." / "Não existe o campo “{key}”.";
    "Reload the page and try again." / "Recarregue a página e tente de novo.";
    "“{label}” does not take this value." / "“{label}” não aceita este valor.";
    "A number has digits only, a day is written like 2026-11-29, and a choice is one of its list."
        / "Um número tem apenas algarismos, um dia se escreve como 2026-11-29, e uma opção é uma das da lista.";
    "A name holds no phone number." / "Um nome não contém número de telefone.";
    "Write the name without it: the contact's numbers stand on its page, hidden from who may not see them."
        / "Escreva o nome sem ele: os números do contato estão na página dele, ocultos para quem não pode vê-los.";
    "The consent is unknown, opted_in or opted_out." / "O consentimento é unknown, opted_in ou opted_out.";
    "The list has changed meanwhile." / "A lista mudou nesse meio-tempo.";
    "Search again." / "Busque de novo.";
    "There are {FIELDS_MAX} fields already." / "Já existem {FIELDS_MAX} campos.";
    "Remove one that nobody uses any more." / "Exclua um que ninguém usa mais.";
    "The kind is text, number, date or choice." / "O tipo é text, number, date ou choice.";
    "A key has lower case letters, digits and underscores."
        / "Uma chave tem letras minúsculas, algarismos e sublinhados.";
    "Write it like customer_number." / "Escreva como customer_number.";
    "This key is taken." / "Esta chave já está em uso.";
    "Choose another." / "Escolha outra.";
    "A choice has from 1 to {CHOICES_MAX} values." / "Uma lista de opções tem de 1 a {CHOICES_MAX} valores.";
    "Write each on a line of its own." / "Escreva cada um em uma linha própria.";
}
