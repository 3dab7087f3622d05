// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.jca.NativeSignatures;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.KeyBrokerAway;
import dev.bartizan.fleet.broker.KeyBroker;
import dev.bartizan.fleet.broker.WrappedKeyVault;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.fleet.database.FleetDatabase;
import dev.bartizan.fleet.enrol.AllowedChips;
import dev.bartizan.fleet.enrol.EndorsementRoots;
import dev.bartizan.fleet.enrol.EnrolmentRoutes;
import dev.bartizan.fleet.enrol.EnrolmentTokens;
import dev.bartizan.fleet.enrol.TokenEnrolment;
import dev.bartizan.fleet.enrol.TpmEnrolment;
import dev.bartizan.fleet.enrol.Welcome;
import dev.bartizan.fleet.http.FleetServer;
import dev.bartizan.fleet.http.Route;
import dev.bartizan.fleet.trust.AuthorSync;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bartizan-fleet serve}. */
@Command(
    name = "serve",
    description = {
      "Serve devices over HTTPS until stopped: enrolment, renewal of certificates, attestation and"
          + " content keys against evidence. Follows the author's repository meanwhile."
    },
    mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {
  private static final Path NOT_GIVEN = Path.of("");

  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "DIR", description = "The operator's directory.")
  private Path positional = NOT_GIVEN;

  @Option(names = "--dir", paramLabel = "DIR", description = "The same.")
  private Path dir = NOT_GIVEN;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      converter = Arguments.AddressArgument.class,
      description = "Where to listen (default: 127.0.0.1:8443).")
  private InetSocketAddress listen = InetSocketAddress.createUnresolved("127.0.0.1", 8443);

  @Option(
      names = "--without-tokens",
      description = "Let any chip of a known maker enrol, without a token of `device token`.")
  private boolean withoutTokens;

  @Option(
      names = "--accept-keystore",
      paramLabel = "KIND",
      split = ",",
      description =
          "Let devices without a TPM enrol, each by a token: pkcs11, software, or both. What they"
              + " say of their keystore is not proved; software is for development.")
  private Set<String> acceptedKeystores = Set.of();

  @Option(
      names = "--refresh-every",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "How often to look for new releases and reference values in the author's repository"
              + " (default: ${DEFAULT-VALUE}).")
  private int refreshEvery;

  public ServeCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal, InterruptedException {
    SharedDirectory directory =
        new SharedDirectory(positional.equals(NOT_GIVEN) ? dir : positional);
    NativeSignatures.prefer();
    Credentials credentials = Credentials.load(directory, Credentials.SERVER);
    Set<Protection.Kind> accepted = accepted();
    FleetSettings settings = FleetSettings.load(directory);
    WrappedKeyVault vault = new WrappedKeyVault(directory, random);
    vault.key().prove(); // A server that can open no key is told now, and not when one is wanted.
    try (FleetDatabase database =
        FleetDatabase.serving(directory, settings.database(), random, console::say)) {
      serve(
          vault,
          directory,
          credentials,
          context(directory, settings, database),
          database,
          accepted);
    }
    return 0;
  }

  private void serve(
      WrappedKeyVault vault,
      SharedDirectory directory,
      Credentials credentials,
      TpmEnrolment.Context context,
      FleetDatabase database,
      Set<Protection.Kind> accepted)
      throws IOException, Refusal, InterruptedException {
    KeyBroker broker = FleetParts.keyBroker(directory, context.registry(), vault, random);
    Welcome welcome = device -> welcome(device, broker);
    Optional<TokenEnrolment> keys =
        accepted.isEmpty()
            ? Optional.empty()
            : Optional.of(new TokenEnrolment(context, accepted, clock, random, welcome));
    TpmEnrolment enrolment = new TpmEnrolment(context, clock, random, welcome);
    AuthorSync author = FleetParts.authorSync(directory, context.registry(), vault, clock, random);
    List<Route> routes = new ArrayList<>(new EnrolmentRoutes(enrolment, keys).routes());
    routes.addAll(
        new FleetRoutes(directory, context, database, vault, clock, random).all(accepted));
    X509Certificate authority = context.authority().certificate();
    try (FleetServer server = FleetServer.start(listen, credentials, authority, routes)) {
      console.say("enrolment at https://" + listen.getHostString() + ":" + server.port());
      AuthorWatch watch = AuthorWatch.start(author, console, refreshEvery);
      try {
        server.await();
      } finally {
        watch.close();
      }
    }
  }

  private TpmEnrolment.Context context(
      SharedDirectory directory, FleetSettings settings, FleetDatabase database)
      throws IOException, Refusal {
    EnrolmentTokens tokens = new EnrolmentTokens(database.tokens(), clock);
    EndorsementRoots.Source roots = () -> EndorsementRoots.load(directory);
    roots.current(); // What nobody could enrol with is told now, and not to the first device.
    return new TpmEnrolment.Context(
        settings,
        roots,
        new AllowedChips(directory),
        withoutTokens ? Optional.empty() : Optional.of(tokens),
        CertificateAuthority.load(directory, clock, random),
        database.devices());
  }

  private Set<Protection.Kind> accepted() {
    Set<Protection.Kind> accepted = EnumSet.noneOf(Protection.Kind.class);
    for (String text : acceptedKeystores) {
      accepted.add(
          Protection.Kind.find(text)
              .filter(kind -> !kind.attests())
              .orElseThrow(
                  () -> wrong("--accept-keystore: " + text + " is not pkcs11 or software")));
    }
    if (withoutTokens && !accepted.isEmpty()) {
      throw wrong("--accept-keystore needs tokens: they alone vouch for such a device");
    }
    return accepted;
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  /** It is in, whether or not there is a token now that opens keys for it. */
  private void welcome(Ueid device, KeyBroker broker) throws IOException, Refusal {
    try {
      int keys = broker.shipTo(device);
      console.say(device + " enrolled, with the keys of " + keys + " releases");
    } catch (KeyBrokerAway away) {
      console.say(
          device + " enrolled; its keys follow when they can be opened: " + away.getMessage());
    }
  }
}
