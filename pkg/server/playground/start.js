// Starts the Playground on the service whose address the page has.
(function () {
  var path = location.pathname.replace(/\/(_playground|_admin)\/?$/, '') || '/';
  GraphQLPlayground.init(document.getElementById('root'), {
    endpoint: location.origin + path,
    subscriptionEndpoint: location.origin.replace(/^http/, 'ws') + path
  });
})();
