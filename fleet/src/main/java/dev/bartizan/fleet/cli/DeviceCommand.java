// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.fleet.command.Expulsion;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.RevocationList;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.device.FileRegistry;
import dev.bartizan.fleet.enrol.EnrolmentTokens;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.updater.disk.OutputFile;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bartizan-fleet device}. */
@Command(
    name = "device",
    description = "The registry of devices and who may enrol.",
    mixinStandardHelpOptions = true)
public final class DeviceCommand {
  private static final int DONE = 0;

  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  public DeviceCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  /** One line, or one JSON object, for each device. */
  @Command(
      name = "list",
      description = "All devices with their state.",
      mixinStandardHelpOptions = true)
  int list(
      @Option(names = "--dir", defaultValue = ".", paramLabel = "DIR") Path dir,
      @Option(names = "--json", description = "Print one JSON document.") boolean json)
      throws IOException, Refusal {
    List<Device> devices = registry(dir).all();
    if (json) {
      ObjectNode document = StrictJson.object();
      ArrayNode array = document.putArray("devices");
      devices.forEach(device -> array.add(device.toJson()));
      console.answer(document);
    } else {
      devices.forEach(device -> console.answer(line(device)));
    }
    return DONE;
  }

  /** All that is known of one device. */
  @Command(
      name = "show",
      description = "All that is known of one device, as JSON.",
      mixinStandardHelpOptions = true)
  int show(
      @Parameters(paramLabel = "DEVICE", converter = Arguments.UeidArgument.class) Ueid ueid,
      @Option(names = "--dir", defaultValue = ".", paramLabel = "DIR") Path dir,
      @Option(names = "--json", description = "Accepted; it always is JSON.") boolean json)
      throws IOException, Refusal {
    console.answer(registry(dir).get(ueid).toJson());
    return DONE;
  }

  /** For ever. */
  @Command(
      name = "revoke",
      description =
          "Never trust this device again, keep it out of the broker and end its session there.",
      mixinStandardHelpOptions = true)
  int revoke(
      @Parameters(paramLabel = "DEVICE", converter = Arguments.UeidArgument.class) Ueid ueid,
      @Option(names = "--dir", defaultValue = ".", paramLabel = "DIR") Path dir,
      @Option(
              names = "--broker-told",
              description =
                  "The broker runs elsewhere and has read broker/revoked.pem: only end the"
                      + " session.")
          boolean brokerTold,
      @Option(names = "--no-broker", description = "Leave the broker alone: no link is in use.")
          boolean noBroker)
      throws IOException, Refusal {
    change(dir, ueid, Device.State.REVOKED);
    SharedDirectory directory = new SharedDirectory(dir);
    CertificateAuthority authority = CertificateAuthority.load(directory, clock, random);
    if (noBroker) {
      new RevocationList(directory, registry(dir)).write(authority, clock.instant());
      return DONE;
    }
    Expulsion expulsion = new Expulsion(directory, authority);
    String clientId = "operator-" + Long.toHexString(random.nextLong());
    if (brokerTold) {
      expulsion.endSession(ueid, clientId);
    } else {
      expulsion.expel(ueid, clientId, clock.instant());
    }
    console.say("its session at the broker is over");
    return DONE;
  }

  /** Until {@link #release}. */
  @Command(
      name = "quarantine",
      description = "Do not trust this device until it is released.",
      mixinStandardHelpOptions = true)
  int quarantine(
      @Parameters(paramLabel = "DEVICE", converter = Arguments.UeidArgument.class) Ueid ueid,
      @Option(names = "--dir", defaultValue = ".", paramLabel = "DIR") Path dir)
      throws IOException, Refusal {
    return change(dir, ueid, Device.State.QUARANTINED);
  }

  /** Undoes {@link #quarantine}. */
  @Command(
      name = "release",
      description = "Trust a quarantined device again, or a golden one like any other.",
      mixinStandardHelpOptions = true)
  int release(
      @Parameters(paramLabel = "DEVICE", converter = Arguments.UeidArgument.class) Ueid ueid,
      @Option(names = "--dir", defaultValue = ".", paramLabel = "DIR") Path dir)
      throws IOException, Refusal {
    return change(dir, ueid, Device.State.ENROLLED);
  }

  /** The token goes into a file of mode 0600 and is never printed. */
  @Command(
      name = "token",
      description = "Make a one-time enrolment token, good for 24 hours, in a file for one device.",
      mixinStandardHelpOptions = true)
  int token(
      @Parameters(paramLabel = "FILE", description = "Where the token goes (mode 0600).") Path file,
      @Option(
              names = "--golden",
              description =
                  "For a device that reference values are to be learned from: it renews before they"
                      + " exist, and gets no content keys until `device release`.")
          boolean golden,
      @Option(names = "--dir", defaultValue = ".", paramLabel = "DIR") Path dir)
      throws IOException {
    EnrolmentTokens tokens = new EnrolmentTokens(new SharedDirectory(dir), clock);
    try (OutputFile out = OutputFile.createPrivate(file)) {
      String token =
          golden
              ? tokens.createGolden(random, EnrolmentTokens.LIFETIME)
              : tokens.create(random, EnrolmentTokens.LIFETIME);
      out.write(ByteBuffer.wrap((token + "\n").getBytes(StandardCharsets.US_ASCII)));
      out.commit();
    }
    console.say("token written to " + file + ", for you alone: the device's daemon has to read it");
    return DONE;
  }

  /** For a bundle: it is wrapped to whom its author is told of. */
  @Command(
      name = "certificates",
      description = {
        "Write the unwrap certificates of enrolled devices to FILE: to whom an author wraps keys in"
            + " a bundle, for places that no network reaches (`bartizan-release bundle --devices`)."
      },
      mixinStandardHelpOptions = true)
  int certificates(
      @Parameters(paramLabel = "FILE", description = "Where they go, as PEM.") Path file,
      @Parameters(
              paramLabel = "DEVICE",
              arity = "0..*",
              converter = Arguments.UeidArgument.class,
              description = "Which (default: all that are enrolled).")
          List<Ueid> ueids,
      @Option(names = "--dir", defaultValue = ".", paramLabel = "DIR") Path dir)
      throws IOException, Refusal {
    Set<Ueid> wanted = ueids == null ? Set.of() : Set.copyOf(ueids);
    List<X509Certificate> certificates = new ArrayList<>();
    for (Device device : registry(dir).all()) {
      if (device.getsKeys() && (wanted.isEmpty() || wanted.contains(device.ueid()))) {
        certificates.add(device.unwrap());
      }
    }
    for (Ueid ueid : wanted) {
      registry(dir).requireGetsKeys(ueid);
    }
    try (OutputFile out = OutputFile.create(file)) {
      out.write(
          ByteBuffer.wrap(Pem.ofCertificates(certificates).getBytes(StandardCharsets.US_ASCII)));
      out.commit();
    }
    console.say(certificates.size() + " certificates written to " + file);
    return DONE;
  }

  private int change(Path dir, Ueid ueid, Device.State state) throws IOException, Refusal {
    Device device = registry(dir).change(ueid, state);
    int keys = FleetParts.keyBroker(new SharedDirectory(dir), random).shipTo(ueid);
    console.say(line(device) + "  keys of " + keys + " releases");
    return DONE;
  }

  private static DeviceRegistry registry(Path dir) {
    return new FileRegistry(new SharedDirectory(dir));
  }

  private static String line(Device device) {
    return String.join(
        "  ",
        device.ueid().text(),
        device.state().text(),
        device.profile(),
        "enrolled " + device.enrolledAt());
  }
}
