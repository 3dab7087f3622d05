package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.enrol.EndorsementRoots;
import dev.bartizan.fleet.enrol.EnrolmentDesk;
import dev.bartizan.fleet.enrol.EnrolmentServer;
import dev.bartizan.fleet.enrol.EnrolmentTokens;
import dev.bartizan.fleet.identity.CertificateAuthority;
import dev.bartizan.fleet.identity.Credentials;
import dev.bartizan.fleet.identity.FleetSettings;
import dev.bartizan.fleet.identity.Inventory;
import dev.bartizan.fleet.identity.OperatorDirectory;
import dev.bartizan.fleet.release.KeyShipping;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bartizan-fleet serve}. */
@Command(
    name = "serve",
    description = "Serve enrolment over HTTPS until stopped.",
    mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {
  private static final Path NOT_GIVEN = Path.of("");

  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

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

  public ServeCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal, InterruptedException {
    OperatorDirectory directory =
        new OperatorDirectory(positional.equals(NOT_GIVEN) ? dir : positional);
    Credentials credentials = Credentials.load(directory, Credentials.SERVER);
    try (EnrolmentServer server = EnrolmentServer.start(listen, credentials, desk(directory))) {
      console.say("enrolment at https://" + listen.getHostString() + ":" + server.port());
      server.await();
    }
    return 0;
  }

  private EnrolmentDesk desk(OperatorDirectory directory) throws IOException, Refusal {
    EnrolmentTokens tokens = new EnrolmentTokens(directory, clock);
    EnrolmentDesk.Office office =
        new EnrolmentDesk.Office(
            FleetSettings.load(directory),
            EndorsementRoots.load(directory),
            withoutTokens ? Optional.empty() : Optional.of(tokens),
            CertificateAuthority.load(directory, clock, random),
            new Inventory(directory));
    KeyShipping shipping = new KeyShipping(directory, random);
    return new EnrolmentDesk(office, clock, random, device -> say(device, shipping.shipTo(device)));
  }

  private void say(Ueid device, int keys) {
    console.say(device + " enrolled, with the keys of " + keys + " releases");
  }
}
