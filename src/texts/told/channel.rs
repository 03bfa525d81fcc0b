//! What a connection test finds, why Meta refuses something, and what could not be stored.

super::told! {
    // The steps of a connection test.
    "The access token has to be right first." / "Primeiro o token de acesso precisa estar certo.";
    "The WhatsApp Business Account ID has to be entered right first."
        / "Primeiro a identificação da conta do WhatsApp Business precisa estar certa.";
    "Both ids have to be entered right first." / "Primeiro as duas identificações precisam estar certas.";
    "The phone number id has to be entered right first."
        / "Primeiro a identificação do número de telefone precisa estar certa.";
    "The app secret has to be entered right first." / "Primeiro a chave secreta do app precisa estar certa.";
    "This id belongs to something else, for instance a business portfolio."
        / "Esta identificação é de outra coisa, por exemplo de um portfólio empresarial.";
    "Copy the WhatsApp Business Account ID from WhatsApp → API Setup in Meta's console."
        / "Copie a identificação da conta do WhatsApp Business de WhatsApp → Configuração da API no painel da Meta.";
    "Look at the account in Meta's Business settings." / "Veja a conta nas Configurações do negócio, na Meta.";
    "Meta rejected the account in its review." / "A Meta recusou a conta na análise.";
    "Meta has not reviewed the account yet." / "A Meta ainda não analisou a conta.";
    "The business account is there{shown}." / "A conta comercial existe{shown}.";
    "The number is one of the account's." / "O número é da conta.";
    "Add the number to the account, or correct the ids." / "Adicione o número à conta ou corrija as identificações.";
    "Choose one of the account's numbers, or correct the account id."
        / "Escolha um dos números da conta ou corrija a identificação da conta.";
    "The number is not one of this account's." / "O número não é desta conta.";
    "Press “Subscribe”: it takes a second and changes nothing else."
        / "Pressione “Inscrever”: leva um segundo e não muda mais nada.";
    "No app is subscribed to the account, so Meta sends no messages to anybody."
        / "Nenhum app está inscrito na conta, por isso a Meta não envia mensagens a ninguém.";
    "The app is subscribed to the account." / "O app está inscrito na conta.";
    "Only another app is subscribed to the account: {}." / "Só outro app está inscrito na conta: {}.";
    "Subscribed to the account: {}. Without the app id nobody can tell whether it is yours."
        / "Inscritos na conta: {}. Sem o ID do app, não dá para saber se é o seu.";
    "Enter the app id, from App settings → Basic in Meta's console."
        / "Informe o ID do app, de Configurações do app → Básico no painel da Meta.";
    "This can be checked once the integration is saved." / "Isto pode ser verificado depois que a integração for salva.";
    "Meta did not say where it sends webhooks." / "A Meta não disse para onde envia os webhooks.";
    "The callback is ours, but the app is not subscribed to the field “messages”."
        / "O callback é o nosso, mas o app não está inscrito no campo “messages”.";
    "Tick “messages” under WhatsApp → Configuration → Webhook fields in Meta's console."
        / "Marque “messages” em WhatsApp → Configuração → Campos do webhook no painel da Meta.";
    "Meta sends this number's messages here." / "A Meta envia as mensagens deste número para cá.";
    "Meta sends this number's webhooks here." / "A Meta envia os webhooks deste número para cá.";
    "The app has no callback URL yet, so Meta does not know where to send messages."
        / "O app ainda não tem URL de callback, por isso a Meta não sabe para onde enviar as mensagens.";
    "Enter callback URL and verify token under WhatsApp → Configuration in Meta's console."
        / "Informe a URL de callback e o token de verificação em WhatsApp → Configuração no painel da Meta.";
    "Meta sends this number's messages to another address: {shown}"
        / "A Meta envia as mensagens deste número para outro endereço: {shown}";
    "Enter our callback URL and verify token under WhatsApp → Configuration in Meta's console, or press “Subscribe” to set it for this account."
        / "Informe a nossa URL de callback e o token de verificação em WhatsApp → Configuração no painel da Meta, ou pressione “Inscrever” para definir isso nesta conta.";
    "This server answers at its public address." / "Este servidor responde no endereço público.";
    "Something answers at the public address, but not this server (HTTP {status})."
        / "Algo responde no endereço público, mas não este servidor (HTTP {status}).";
    "Let the proxy pass /api/whatsapp/webhook/ on to Parlance, unchanged and without a redirect."
        / "Faça o proxy repassar /api/whatsapp/webhook/ ao Parlance, sem alterações e sem redirecionamento.";
    "The name in the public address could not be looked up." / "Não foi possível resolver o nome do endereço público.";
    "Check PARLANCE_PUBLIC_URL and the DNS entry of the name." / "Confira PARLANCE_PUBLIC_URL e o registro DNS do nome.";
    "The certificate of the public address is not trusted: Meta refuses it too."
        / "O certificado do endereço público não é confiável: a Meta também o recusa.";
    "Use a certificate of a public authority, with its whole chain."
        / "Use um certificado de uma autoridade pública, com a cadeia completa.";
    "The public address did not answer in time." / "O endereço público não respondeu a tempo.";
    "Check firewall and proxy. If only this server cannot reach itself, Meta may still be able to."
        / "Verifique firewall e proxy. Se só este servidor não se alcança, a Meta ainda pode conseguir.";
    "Nobody answers at the public address." / "Ninguém responde no endereço público.";
    "Check that the proxy runs and that port 443 is open. If only this server cannot reach itself, Meta may still be able to."
        / "Verifique se o proxy está no ar e se a porta 443 está aberta. Se só este servidor não se alcança, a Meta ainda pode conseguir.";
    "The last delivery was rejected: its signature does not fit the app secret."
        / "A última entrega foi recusada: a assinatura não combina com a chave secreta do app.";
    "The last {count} deliveries were rejected: their signature does not fit the app secret."
        / "As últimas {count} entregas foram recusadas: a assinatura não combina com a chave secreta do app.";
    "Copy the app secret again from App settings → Basic. Meta repeats what was rejected, so nothing is lost."
        / "Copie de novo a chave secreta do app de Configurações do app → Básico. A Meta repete o que foi recusado, então nada se perde.";
    "The last webhook came on {}." / "O último webhook chegou em {}.";
    "Nothing has come yet. Write a WhatsApp message to the number to see."
        / "Nada chegou ainda. Escreva uma mensagem de WhatsApp para o número e veja.";
    "Access token" / "Token de acesso";
    "Phone number ID" / "Identificação do número de telefone";
    "WhatsApp Business Account ID" / "Identificação da conta do WhatsApp Business";
    "App ID" / "ID do app";
    "App secret" / "Chave secreta do app";
    "{what}: {reason}" / "{what}: {reason}";
    "Correct this entry." / "Corrija este dado.";
    "Phone number ID and WhatsApp Business Account ID are the same."
        / "A identificação do número de telefone e a da conta do WhatsApp Business são iguais.";
    "They are two different numbers, right beside each other in Meta's console. Copy both again."
        / "São dois números diferentes, um ao lado do outro no painel da Meta. Copie os dois de novo.";
    "The entries look right." / "Os dados parecem certos.";
    "This is known when the number is." / "Isto se sabe quando o número for conhecido.";
    "The app secret is not that of the app that the token was made for."
        / "A chave secreta não é a do app para o qual o token foi criado.";
    "Copy the app secret again from App settings → Basic in Meta's console. Webhooks are signed with it."
        / "Copie de novo a chave secreta do app de Configurações do app → Básico no painel da Meta. Os webhooks são assinados com ela.";
    "The app secret is that of the token's app." / "A chave secreta é a do app do token.";
    "With the app id, the secret could be checked apart from the number."
        / "Com o ID do app, a chave poderia ser verificada à parte do número.";
    "The phone number id belongs to {shown}." / "A identificação do número pertence a {shown}.";
    "a number without a name" / "um número sem nome";
    "The number is not registered for the Cloud API yet." / "O número ainda não está registrado na Cloud API.";
    "Register the number in WhatsApp Manager → Phone numbers."
        / "Registre o número em Gerenciador do WhatsApp → Números de telefone.";
    "The number is no longer connected to the Cloud API." / "O número não está mais conectado à Cloud API.";
    "Look at the number in WhatsApp Manager. It may have moved to another account or provider."
        / "Veja o número no Gerenciador do WhatsApp. Ele pode ter mudado de conta ou de provedor.";
    "Meta has banned the number." / "A Meta baniu o número.";
    "Open Business Support in Meta's console and ask for a review."
        / "Abra o Suporte para Empresas no painel da Meta e peça uma revisão.";
    "Meta restricts what the number may send." / "A Meta restringe o que o número pode enviar.";
    "Look at quality and limits of the number in WhatsApp Manager."
        / "Veja a qualidade e os limites do número no Gerenciador do WhatsApp.";
    "The number has a status that Parlance does not know." / "O número tem um status que o Parlance não conhece.";
    "Look at the number in WhatsApp Manager." / "Veja o número no Gerenciador do WhatsApp.";
    "The number is not on the Cloud API." / "O número não está na Cloud API.";
    "Register the number for the Cloud API in WhatsApp Manager." / "Registre o número na Cloud API, no Gerenciador do WhatsApp.";
    "This is one of Meta's test numbers: it writes to listed recipients only."
        / "Este é um dos números de teste da Meta: só escreve para destinatários cadastrados.";
    "Add recipients under WhatsApp → API Setup in Meta's console, or connect a number of your own."
        / "Adicione destinatários em WhatsApp → Configuração da API no painel da Meta, ou conecte um número seu.";
    "Meta declined the display name of the number." / "A Meta recusou o nome de exibição do número.";
    "Choose another display name in WhatsApp Manager." / "Escolha outro nome de exibição no Gerenciador do WhatsApp.";
    "The number is not verified, or its verification has ended." / "O número não foi verificado, ou a verificação expirou.";
    "Verify the number in WhatsApp Manager. As long as it is connected, messages go on."
        / "Verifique o número no Gerenciador do WhatsApp. Enquanto estiver conectado, as mensagens continuam.";
    "Meta says nothing about whether the number may send." / "A Meta não informa se o número pode enviar.";
    "The number may send messages." / "O número pode enviar mensagens.";
    "Meta limits what the number may send." / "A Meta limita o que o número pode enviar.";
    "Meta blocks messages of this number." / "A Meta bloqueia as mensagens deste número.";
    "Meta does not say whether the number may send." / "A Meta não diz se o número pode enviar.";
    "{message} Meta says: {description}" / "{message} A Meta diz: {description}";
    "Meta can be reached from this server." / "Este servidor alcança a Meta.";
    "Meta could not be asked. {}" / "Não foi possível perguntar à Meta. {}";
    "Some questions got no answer from Meta. {}" / "Algumas perguntas ficaram sem resposta da Meta. {}";
    "Meta was not asked." / "A Meta não foi consultada.";
    "App id and app secret belong together." / "O ID do app e a chave secreta combinam.";
    "The app secret is not that of the app." / "A chave secreta não é a do app.";
    "Copy the app secret again from App settings → Basic in Meta's console, and check the app id."
        / "Copie de novo a chave secreta do app de Configurações do app → Básico no painel da Meta e confira o ID do app.";
    "Meta accepts the access token. It {until}." / "A Meta aceita o token de acesso. Ele {until}.";
    "does not expire" / "não expira";
    "is valid until {}" / "vale até {}";
    "The access token was made for another app." / "O token de acesso foi criado para outro app.";
    "Make the token for the app whose id and secret you entered: choose it in Business settings → System users."
        / "Crie o token para o app cujos ID e chave você informou: escolha-o em Configurações do negócio → Usuários do sistema.";
    "The token lacks the permission {}." / "Falta ao token a permissão {}.";
    "{} and {}" / "{} e {}";
    "whatsapp_business_messaging" / "whatsapp_business_messaging";
    "whatsapp_business_management" / "whatsapp_business_management";
    "Make a new token for the System User and tick both permissions."
        / "Crie um novo token para o usuário do sistema e marque as duas permissões.";
    "The token was not made for this WhatsApp Business Account."
        / "O token não foi criado para esta conta do WhatsApp Business.";
    "Assign the account to the System User with full control, and make a new token; or correct the account id."
        / "Atribua a conta ao usuário do sistema com controle total e crie um novo token; ou corrija a identificação da conta.";
    "The access token works, but only until {}." / "O token de acesso funciona, mas só até {}.";
    "Temporary tokens are for trying. Make a permanent System User token in time and replace this one."
        / "Tokens temporários servem para testar. Crie a tempo um token permanente de usuário do sistema e substitua este.";
    "Meta accepts the access token. With the app id, the test could also tell when it ends."
        / "A Meta aceita o token de acesso. Com o ID do app, o teste também diria quando ele expira.";
    "The public address is this very machine, which Meta cannot reach. Set PARLANCE_PUBLIC_URL."
        / "O endereço público é esta mesma máquina, que a Meta não alcança. Defina PARLANCE_PUBLIC_URL.";
    "The public address is known in your own network only, so Meta cannot reach it. Set PARLANCE_PUBLIC_URL."
        / "O endereço público só é conhecido na sua própria rede, por isso a Meta não o alcança. Defina PARLANCE_PUBLIC_URL.";
    "The public address has no https, and Meta takes nothing else. Set PARLANCE_PUBLIC_URL."
        / "O endereço público não tem https, e a Meta não aceita outra coisa. Defina PARLANCE_PUBLIC_URL.";

    // On the way to Meta.
    "Copy the app secret again from App settings → Basic in Meta's console."
        / "Copie de novo a chave secreta do app de Configurações do app → Básico no painel da Meta.";
    "The access token no longer opens the number: it was taken off the account, or the token lost its right to it."
        / "O token de acesso não abre mais o número: ele foi retirado da conta, ou o token perdeu o direito a ele.";
    "Assign the WhatsApp account to the System User again in Meta's Business settings, or correct the phone number id, then test the connection."
        / "Atribua de novo a conta do WhatsApp ao usuário do sistema nas Configurações do negócio, na Meta, ou corrija a identificação do número; depois teste a conexão.";
    "The name of Meta's server could not be looked up." / "Não foi possível resolver o nome do servidor da Meta.";
    "Check the DNS settings of this server." / "Verifique as configurações de DNS deste servidor.";
    "No connection to Meta came about." / "Não foi possível conectar à Meta.";
    "Check the network and firewall of this server: it must reach graph.facebook.com by https."
        / "Verifique a rede e o firewall deste servidor: ele precisa alcançar graph.facebook.com por https.";
    "The connection to Meta is not trusted: its certificate was refused."
        / "A conexão com a Meta não é confiável: o certificado foi recusado.";
    "Look for a proxy that opens TLS connections, and check the clock of this server."
        / "Procure um proxy que abra conexões TLS e confira o relógio deste servidor.";
    "Meta did not answer in time." / "A Meta não respondeu a tempo.";
    "Try again. If it stays, check the network and proxy of this server."
        / "Tente de novo. Se continuar, verifique a rede e o proxy deste servidor.";
    "The connection to Meta broke off." / "A conexão com a Meta caiu.";
    "Try again in a moment." / "Tente de novo daqui a pouco.";
    "Somebody else answered in Meta's place: the answer is not one of the Graph API."
        / "Outro respondeu no lugar da Meta: a resposta não é da Graph API.";
    "Look for a proxy or portal between this server and graph.facebook.com, and check PARLANCE_GRAPH_URL."
        / "Procure um proxy ou portal entre este servidor e graph.facebook.com e confira PARLANCE_GRAPH_URL.";
    "WhatsApp could not deliver it. Meta says: {words}" / "O WhatsApp não conseguiu entregar. A Meta diz: {words}";
    "WhatsApp could not deliver it, and Meta did not say why." / "O WhatsApp não conseguiu entregar, e a Meta não disse por quê.";
    "Look the code up in Meta's list of error codes for the Cloud API, or send it again later."
        / "Procure o código na lista de códigos de erro da Cloud API, da Meta, ou envie de novo mais tarde.";
    "Meta has a passing problem." / "A Meta está com um problema passageiro.";
    "Nothing to do: it is tried again by itself." / "Nada a fazer: a nova tentativa acontece sozinha.";
    "Meta cannot be reached from this server." / "Este servidor não alcança a Meta.";
    "Check the server's network, DNS and proxy." / "Verifique a rede, o DNS e o proxy do servidor.";
    "Too many messages in a short time." / "Mensagens demais em pouco tempo.";
    "Nothing to do: it goes on by itself." / "Nada a fazer: o envio continua sozinho.";
    "The connection broke off: the message may or may not have been sent."
        / "A conexão caiu: a mensagem pode ter sido enviada ou não.";
    "Ask the customer, or send it again." / "Pergunte ao cliente ou envie de novo.";
    "Meta holds this message back." / "A Meta está retendo esta mensagem.";
    "Look at the account in WhatsApp Manager before you try again."
        / "Veja a conta no Gerenciador do WhatsApp antes de tentar de novo.";
    "Meta does not accept the credentials." / "A Meta não aceita as credenciais.";
    "Make a new access token in Meta's console and replace the old one with it."
        / "Crie um novo token de acesso no painel da Meta e substitua o antigo por ele.";
    "The WhatsApp account cannot send." / "A conta do WhatsApp não pode enviar.";
    "Look at the account in WhatsApp Manager." / "Veja a conta no Gerenciador do WhatsApp.";
    "Meta refused it." / "A Meta recusou.";
    "Look at Meta's own words in the details." / "Veja nos detalhes o que a própria Meta diz.";

    // Meta's codes.
    "The access token has expired." / "O token de acesso expirou.";
    "Make a permanent System User token in Meta's console and replace the token with it."
        / "Crie no painel da Meta um token permanente de usuário do sistema e substitua o token por ele.";
    "The access token was withdrawn." / "O token de acesso foi revogado.";
    "Make a new System User token in Meta's console and replace the token with it."
        / "Crie no painel da Meta um novo token de usuário do sistema e substitua o token por ele.";
    "The access token ended because its owner changed their password."
        / "O token de acesso deixou de valer porque o dono mudou a senha.";
    "Make a System User token instead, which does not depend on a person, and replace the token with it."
        / "Crie um token de usuário do sistema, que não depende de uma pessoa, e substitua o token por ele.";
    "The app was removed from the account that the access token belongs to."
        / "O app foi removido da conta à qual o token de acesso pertence.";
    "Add the app again in Meta's Business settings, make a new token and replace the old one."
        / "Adicione o app de novo nas Configurações do negócio, na Meta, crie um novo token e substitua o antigo.";
    "Meta wants the owner of the access token to confirm their account first."
        / "A Meta quer que o dono do token de acesso primeiro confirme a conta.";
    "Sign in at facebook.com as that person and do what Meta asks, or use a System User token."
        / "Entre em facebook.com como essa pessoa e faça o que a Meta pede, ou use um token de usuário do sistema.";
    "Meta does not accept the access token." / "A Meta não aceita o token de acesso.";
    "Copy the token again from Meta's console, whole and without quotes."
        / "Copie o token de novo do painel da Meta, inteiro e sem aspas.";
    "Meta got no access token." / "A Meta não recebeu nenhum token de acesso.";
    "Enter the access token again." / "Informe o token de acesso de novo.";
    "Meta knows no app with this id." / "A Meta não conhece nenhum app com este ID.";
    "Copy the App ID from App settings → Basic in Meta's console."
        / "Copie o ID do app de Configurações do app → Básico no painel da Meta.";
    "Meta could not authenticate the app." / "A Meta não conseguiu autenticar o app.";
    "The app may not use this part of Meta's API." / "O app não pode usar esta parte da API da Meta.";
    "Add the product WhatsApp to the app in Meta's console and make a new token."
        / "Adicione o produto WhatsApp ao app no painel da Meta e crie um novo token.";
    "The token lacks a permission." / "Falta uma permissão ao token.";
    "Give the System User whatsapp_business_messaging and whatsapp_business_management and make a new token."
        / "Dê ao usuário do sistema whatsapp_business_messaging e whatsapp_business_management e crie um novo token.";
    "The token may not send for this number." / "O token não pode enviar por este número.";
    "Assign the WhatsApp account to the System User with full control and make a new token."
        / "Atribua a conta do WhatsApp ao usuário do sistema com controle total e crie um novo token.";
    "Meta knows no such id, or the token may not see it." / "A Meta não conhece esta identificação, ou o token não pode vê-la.";
    "Copy the id again (not the phone number itself) and make sure the token's System User has the WhatsApp account assigned."
        / "Copie a identificação de novo (não o próprio número de telefone) e confira se a conta do WhatsApp está atribuída ao usuário do sistema do token.";
    "Copy the id again and make sure the token's System User has the WhatsApp account assigned."
        / "Copie a identificação de novo e confira se a conta do WhatsApp está atribuída ao usuário do sistema do token.";
    "Meta knows no object with this id." / "A Meta não conhece nada com esta identificação.";
    "Copy the id again from WhatsApp → API Setup in Meta's console."
        / "Copie a identificação de novo de WhatsApp → Configuração da API no painel da Meta.";
    "Check PARLANCE_GRAPH_URL and PARLANCE_GRAPH_VERSION." / "Confira PARLANCE_GRAPH_URL e PARLANCE_GRAPH_VERSION.";
    "Meta does not know this request." / "A Meta não conhece este pedido.";
    "Meta refused a value of the request." / "A Meta recusou um valor do pedido.";
    "Meta has locked the account." / "A Meta bloqueou a conta.";
    "Open Business Support in Meta's console." / "Abra o Suporte para Empresas no painel da Meta.";
    "There is a problem with the payment method of the account." / "Há um problema com a forma de pagamento da conta.";
    "Check the payment settings in WhatsApp Manager." / "Confira as configurações de pagamento no Gerenciador do WhatsApp.";
    "The registration of the number does not hold any more." / "O registro do número não vale mais.";
    "Register the number again in WhatsApp Manager." / "Registre o número de novo no Gerenciador do WhatsApp.";
    "The display name of the number is not approved." / "O nome de exibição do número não foi aprovado.";
    "Have the display name approved in WhatsApp Manager."
        / "Peça a aprovação do nome de exibição no Gerenciador do WhatsApp.";
    "The number is not registered for the Cloud API." / "O número não está registrado na Cloud API.";
    "Register the number in Meta's console." / "Registre o número no painel da Meta.";
    "The account may not send." / "A conta não pode enviar.";
    "The account may not send this kind of message." / "A conta não pode enviar este tipo de mensagem.";
    "The PIN of the number is wrong." / "O PIN do número está errado.";
    "Use the PIN of two-step verification, or reset it in WhatsApp Manager."
        / "Use o PIN da verificação em duas etapas ou redefina-o no Gerenciador do WhatsApp.";
    "The number has to be verified first." / "Primeiro o número precisa ser verificado.";
    "Verify the number in WhatsApp Manager." / "Verifique o número no Gerenciador do WhatsApp.";
    "The PIN was wrong too often." / "O PIN foi errado vezes demais.";
    "Wait a few hours, then register the number with the right PIN."
        / "Espere algumas horas e registre o número com o PIN certo.";
    "The number was deregistered a moment ago." / "O registro do número acabou de ser cancelado.";
    "Wait five minutes, then register it again." / "Espere cinco minutos e registre-o de novo.";
    "The number was registered too often." / "O número foi registrado vezes demais.";
    "Wait 72 hours, then register it again." / "Espere 72 horas e registre-o de novo.";
    "The business is not verified." / "A empresa não está verificada.";
    "Verify the business in Meta's Business settings → Security Center."
        / "Verifique a empresa em Configurações do negócio → Central de Segurança, na Meta.";
    "Meta has banned the WhatsApp account." / "A Meta baniu a conta do WhatsApp.";
    "Something limits what the account may send." / "Algo limita o que a conta pode enviar.";
    "Meta asks to slow down." / "A Meta pede um ritmo mais lento.";
    "A limit of the app at Meta is reached." / "Um limite do app na Meta foi atingido.";
    "A service of Meta's is overloaded." / "Um serviço da Meta está sobrecarregado.";
    "Meta's server is not available." / "O servidor da Meta não está disponível.";
    "Meta could not handle the message." / "A Meta não conseguiu processar a mensagem.";
    "It is tried once more. If it fails again, look at Meta's words in the details."
        / "Haverá mais uma tentativa. Se falhar de novo, veja nos detalhes o que a Meta diz.";
    "Meta's limit for this app is reached." / "O limite da Meta para este app foi atingido.";
    "Nothing to do: it goes on by itself, more slowly." / "Nada a fazer: o envio continua sozinho, mais devagar.";
    "Meta's limit for this account is reached." / "O limite da Meta para esta conta foi atingido.";
    "Meta's limit for this number is reached." / "O limite da Meta para este número foi atingido.";
    "Too many messages to this customer in a short time." / "Mensagens demais para este cliente em pouco tempo.";
    "Meta is working on the number, for instance to make it faster."
        / "A Meta está trabalhando no número, por exemplo para torná-lo mais rápido.";
    "Nothing to do: it goes on by itself in a minute." / "Nada a fazer: o envio continua sozinho em um minuto.";
    "Meta is working on the account." / "A Meta está trabalhando na conta.";
    "Meta holds messages back because too many were reported as spam."
        / "A Meta está retendo mensagens porque muitas foram denunciadas como spam.";
    "Look at the number's quality in WhatsApp Manager." / "Veja a qualidade do número no Gerenciador do WhatsApp.";
    "The number of customers that may be written to first is used up."
        / "O limite de clientes a quem se pode escrever primeiro se esgotou.";
    "Wait until tomorrow, or look at the limit in WhatsApp Manager."
        / "Espere até amanhã ou veja o limite no Gerenciador do WhatsApp.";
    "Meta did not deliver the message, so that the customer does not get too many of its kind."
        / "A Meta não entregou a mensagem, para que o cliente não receba muitas desse tipo.";
    "Wait at least a day before you send this kind again." / "Espere pelo menos um dia antes de enviar esse tipo de novo.";
    "The account is blocked for a while because of Meta's policies."
        / "A conta está bloqueada por um tempo por causa das políticas da Meta.";
    "Look at the reasons in Business Support." / "Veja os motivos no Suporte para Empresas.";
    "More than 24 hours have passed since the customer's last message."
        / "Passaram-se mais de 24 horas desde a última mensagem do cliente.";
    "Wait for the customer to write, or send an approved template." / "Espere o cliente escrever ou envie um modelo aprovado.";
    "The customer cannot receive this message." / "O cliente não pode receber esta mensagem.";
    "Check that the number is on WhatsApp and runs a current version."
        / "Confira se o número está no WhatsApp e usa uma versão atual.";
    "The number is not on the list of allowed test recipients."
        / "O número não está na lista de destinatários de teste permitidos.";
    "Add it in Meta's console under WhatsApp → API Setup." / "Adicione-o no painel da Meta em WhatsApp → Configuração da API.";
    "The account may not write to customers in this customer's country."
        / "A conta não pode escrever para clientes no país deste cliente.";
    "Look at the account's restrictions in WhatsApp Manager. Customers elsewhere are not concerned."
        / "Veja as restrições da conta no Gerenciador do WhatsApp. Clientes de outros lugares não são afetados.";
    "The customer is part of an experiment of Meta's and does not get this message."
        / "O cliente participa de um experimento da Meta e não recebe esta mensagem.";
    "Nothing to do: write again when the customer has written." / "Nada a fazer: escreva de novo quando o cliente escrever.";
    "The customer does not want such messages." / "O cliente não quer mensagens assim.";
    "Respect it: do not send this kind again." / "Respeite: não envie esse tipo de novo.";
    "A value is missing in the message." / "Falta um valor na mensagem.";
    "A value in the message is not valid." / "Um valor da mensagem não é válido.";
    "The business number cannot write to itself." / "O número da empresa não pode escrever para si mesmo.";
    "Choose another recipient." / "Escolha outro destinatário.";
    "WhatsApp does not take this kind of message." / "O WhatsApp não aceita este tipo de mensagem.";
    "Send it in another form." / "Envie de outra forma.";
    "Meta could not fetch the file that the customer sent." / "A Meta não conseguiu buscar o arquivo que o cliente enviou.";
    "Ask the customer to send it again." / "Peça ao cliente que envie de novo.";
    "Meta could not take the file." / "A Meta não conseguiu receber o arquivo.";
    "Check its type and size, then send it again." / "Confira o tipo e o tamanho e envie de novo.";
    "Meta does not allow this way of sending." / "A Meta não permite esta forma de envio.";
    "The message could not be shown." / "Não foi possível mostrar a mensagem.";
    "This kind of message needs the customer's phone number." / "Este tipo de mensagem precisa do telefone do cliente.";
    "Ask the customer for their number first." / "Primeiro peça o número ao cliente.";
    "Meta refused the message." / "A Meta recusou a mensagem.";
    "The number of values does not fit the template." / "A quantidade de valores não combina com o modelo.";
    "Compare the values with the template in WhatsApp Manager." / "Compare os valores com o modelo no Gerenciador do WhatsApp.";
    "There is no approved template of this name in this language." / "Não há modelo aprovado com este nome neste idioma.";
    "Look at the templates in WhatsApp Manager." / "Veja os modelos no Gerenciador do WhatsApp.";
    "The text of the template with its values is too long." / "O texto do modelo com os valores é longo demais.";
    "Shorten the values." / "Encurte os valores.";
    "The template goes against WhatsApp's policy." / "O modelo viola a política do WhatsApp.";
    "Change the template in WhatsApp Manager." / "Altere o modelo no Gerenciador do WhatsApp.";
    "A value does not fit its place in the template." / "Um valor não cabe no lugar dele no modelo.";
    "The template is paused because customers rated it low." / "O modelo está pausado porque os clientes o avaliaram mal.";
    "Change the template in WhatsApp Manager, or use another." / "Altere o modelo no Gerenciador do WhatsApp ou use outro.";
    "The template was disabled for good because customers rated it low."
        / "O modelo foi desativado de vez porque os clientes o avaliaram mal.";
    "Make a new template in WhatsApp Manager." / "Crie um novo modelo no Gerenciador do WhatsApp.";
    "The flow is blocked or throttled." / "O fluxo está bloqueado ou limitado.";
    "Look at the flow in WhatsApp Manager." / "Veja o fluxo no Gerenciador do WhatsApp.";
    "Meta refused the template message." / "A Meta recusou a mensagem de modelo.";
    "Meta refused something about a group." / "A Meta recusou algo sobre um grupo.";
    "Meta refused a marketing message." / "A Meta recusou uma mensagem de marketing.";
    "Meta refused something about calls." / "A Meta recusou algo sobre chamadas.";
    "Meta refused something about a flow." / "A Meta recusou algo sobre um fluxo.";
    "Meta refused to block or unblock the customer." / "A Meta se recusou a bloquear ou desbloquear o cliente.";
    "Meta refused something about user names." / "A Meta recusou algo sobre nomes de usuário.";
    "The history of the phone app could not be taken over." / "Não foi possível importar o histórico do aplicativo do telefone.";
    "Try it again from the WhatsApp Business app." / "Tente de novo pelo aplicativo WhatsApp Business.";
    "Meta refused a step of the set-up of the number." / "A Meta recusou uma etapa da configuração do número.";
    "Wait a few minutes and try it again in WhatsApp Manager."
        / "Espere alguns minutos e tente de novo no Gerenciador do WhatsApp.";

    // What could not be stored.
    "the secrets of the integration do not open with this server’s key. Start it with the key that belongs to the database, or disconnect the number and connect it again; then replay"
        / "as chaves da integração não abrem com a chave deste servidor. Inicie-o com a chave do banco de dados, ou desconecte o número e conecte-o de novo; depois tente de novo";
    "this version of Parlance stumbled over it. The log has the details; replay it after an update"
        / "esta versão do Parlance tropeçou nele. Os detalhes estão no log; tente de novo depois de uma atualização";
    "it could not be worked off: {error}" / "não foi possível processá-lo: {error}";
    "the server ended {times} times in the middle of it, so it is not tried any more. The system's log may say why (memory, for instance); replay it after an update"
        / "o servidor terminou {times} vezes no meio dele, por isso não há mais tentativas. O log do sistema pode dizer por quê (memória, por exemplo); tente de novo depois de uma atualização";
    "it could not be stored: {error}" / "não foi possível guardá-lo: {error}";
    "it could not be stored" / "não foi possível guardá-lo";
    "no integration has this number, or none that Meta has confirmed of late"
        / "nenhuma integração tem este número, ou nenhuma que a Meta tenha confirmado ultimamente";
    "no integration has this number" / "nenhuma integração tem este número";
    "not a webhook: {why}" / "não é um webhook: {why}";
    "not a webhook: its entries are no list" / "não é um webhook: as entradas não são uma lista";
    "the delivery breaks off or is garbled here" / "a entrega termina de repente ou está corrompida aqui";
    "the body is no object" / "o corpo não é um objeto";
    "the message does not say who wrote it" / "a mensagem não diz quem a escreveu";
    "the item is not an object" / "o item não é um objeto";
    "the item has no id" / "o item não tem identificação";
    "the item's id is not one of Meta's" / "a identificação do item não é da Meta";
    "the report has no status" / "o aviso não tem status";
    "the change is not an object" / "a mudança não é um objeto";
    "the entry is no object with a list of changes" / "a entrada não é um objeto com uma lista de mudanças";
}
