// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.broker.KeyLog;
import dev.bartizan.fleet.credential.BrokerToken;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.fleet.credential.KeyBrokerKey;
import dev.bartizan.fleet.database.FleetDatabase;
import dev.bartizan.fleet.enrol.EndorsementRoots;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.Failures;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bartizan-fleet doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Look for what commonly goes wrong on a server, and say what to do about it. A token with the"
          + " key broker's key is logged in to, which is one try of its PIN.",
      "Exit code 1 when something is wrong; what is merely worth knowing is a note."
    })
final class DoctorCommand implements Callable<Integer> {
  /** A certificate that ends sooner is mentioned. */
  private static final Duration SOON = Duration.ofDays(14);

  private static final Map<String, String> CERTIFICATES =
      new TreeMap<>(
          Map.of(
              "authority", CertificateAuthority.NAME,
              "broker certificate", Credentials.BROKER,
              "key broker certificate", Credentials.KEY_BROKER,
              "operator certificate", Credentials.OPERATOR,
              "server certificate", Credentials.SERVER));

  /** How one thing was found. */
  private enum Verdict {
    OK,
    NOTE,
    BAD;

    String text() {
      return switch (this) {
        case OK -> "ok";
        case NOTE -> "note";
        case BAD -> "bad";
      };
    }
  }

  private record Finding(Verdict verdict, String of, String what) {}

  /** Looks at one thing, or fails. */
  @FunctionalInterface
  private interface Examination {
    Finding examine(String of) throws IOException, Refusal;
  }

  private final Clock clock;
  private final SecureRandom random;
  private final Console console;
  private final List<Finding> findings = new ArrayList<>();

  @Option(
      names = "--dir",
      defaultValue = ".",
      paramLabel = "DIR",
      description = "The server's directory (default: the current one).")
  private Path dir = Path.of("");

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  DoctorCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    SharedDirectory directory = new SharedDirectory(dir);
    FleetSettings settings = FleetSettings.load(directory);
    findings.add(new Finding(Verdict.OK, "settings", "fleet " + settings.trustDomain()));
    examine("key broker", of -> keyBroker(of, directory));
    CERTIFICATES.forEach((of, name) -> examine(of, it -> certificate(it, directory, name)));
    examine("chip makers", of -> chipMakers(of, directory));
    examine("record of keys", of -> keyLog(of, directory));
    answer();
    return findings.stream().anyMatch(it -> it.verdict() == Verdict.BAD) ? Failures.REFUSED : 0;
  }

  private void examine(String of, Examination examination) {
    try {
      findings.add(examination.examine(of));
    } catch (Refusal refused) {
      findings.add(new Finding(Verdict.BAD, of, Explanation.of(refused)));
    } catch (IOException unreadable) {
      findings.add(new Finding(Verdict.BAD, of, Explanation.of(unreadable)));
    }
  }

  /** A key in a file is what init makes, and so no fault; what it means is said each time. */
  private Finding keyBroker(String of, SharedDirectory directory) throws IOException, Refusal {
    KeyBrokerKey key = new KeyBrokerKey(directory, random);
    key.prove();
    Optional<BrokerToken> token = key.token();
    return new Finding(
        token.isPresent() ? Verdict.OK : Verdict.NOTE,
        of,
        KeyBrokerCustody.of(token, dir.toString()));
  }

  private Finding certificate(String of, SharedDirectory directory, String name)
      throws IOException, Refusal {
    X509Certificate certificate = Credentials.certificate(directory, name);
    Instant now = clock.instant();
    Instant end = certificate.getNotAfter().toInstant();
    if (!now.isBefore(end)) {
      return new Finding(Verdict.BAD, of, name + ".pem expired at " + end);
    }
    Verdict verdict = now.plus(SOON).isBefore(end) ? Verdict.OK : Verdict.NOTE;
    return new Finding(verdict, of, name + ".pem is good until " + end);
  }

  private Finding chipMakers(String of, SharedDirectory directory) throws IOException, Refusal {
    EndorsementRoots.load(directory);
    return new Finding(Verdict.OK, of, "ek-roots/ is in order");
  }

  private Finding keyLog(String of, SharedDirectory directory) throws IOException, Refusal {
    try (FleetDatabase database = FleetParts.database(directory, random, console)) {
      KeyLog.Head head = database.keyLog().verify(entry -> {});
      return new Finding(Verdict.OK, of, head.entries() + " entries, and it holds");
    }
  }

  private void answer() {
    if (!json) {
      findings.forEach(
          it ->
              console.answer(
                  String.format(
                      Locale.ROOT, "%-4s  %s: %s", it.verdict().text(), it.of(), it.what())));
      return;
    }
    ObjectNode document = StrictJson.object();
    ArrayNode all = document.putArray("findings");
    findings.forEach(
        it ->
            all.addObject()
                .put("of", it.of())
                .put("verdict", it.verdict().text())
                .put("what", it.what()));
    console.answer(document);
  }
}
