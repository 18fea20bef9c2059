// Shows the description that is served beside this page.
"use strict";

const place = document.getElementById("reference");

async function show() {
  const answer = await fetch("openapi.json");
  if (!answer.ok) throw new Error(`openapi.json was answered ${answer.status}`);
  const spec = await answer.json();
  // Whatever the stage or the domain's mapping is called, the API is where this page is.
  const here = new URL(".", document.baseURI);
  spec.servers = [{ url: here.href.slice(0, -1) }];
  SwaggerUIBundle({
    spec,
    domNode: place,
    deepLinking: true,
    docExpansion: "none",
    filter: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    // Nobody else is asked, and nothing is kept.
    validatorUrl: "none",
    persistAuthorization: false,
  });
}

show().catch((error) => {
  place.setAttribute("role", "alert");
  place.textContent = `The reference cannot be shown: ${error.message}`;
});
