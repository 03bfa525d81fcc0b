//! The page of the labels.

super::room! { labels:
    title: "Labels" / "Etiquetas";
    create: "New label" / "Nova etiqueta";
    edit_title: "Change the label" / "Alterar a etiqueta";
    none_yet: "No label yet" / "Nenhuma etiqueta ainda";
    none_yet_text: "Labels sort conversations: what they are about, how urgent they are. Whoever answers can use them."
        / "Etiquetas organizam as conversas: o assunto, a urgência. Quem atende pode usá-las.";
    name: "Name" / "Nome";
    colour: "Colour" / "Cor";
    save: "Save" / "Salvar";
    saved(name): "The label “{name}” is saved." / "A etiqueta “{name}” foi salva.";
    edit: "Change" / "Alterar";
    delete: "Delete" / "Excluir";
    delete_title(name): "Delete the label “{name}”?" / "Excluir a etiqueta “{name}”?";
    delete_text: "It comes off all conversations. The conversations stay." / "Ela sai de todas as conversas. As conversas permanecem.";
    deleted(name): "The label “{name}” is deleted." / "A etiqueta “{name}” foi excluída.";
    grey: "Grey" / "Cinza";
    red: "Red" / "Vermelho";
    orange: "Orange" / "Laranja";
    yellow: "Yellow" / "Amarelo";
    green: "Green" / "Verde";
    teal: "Teal" / "Verde-azulado";
    blue: "Blue" / "Azul";
    purple: "Purple" / "Roxo";
    pink: "Pink" / "Rosa";
}
