// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.broker.WrappedKeyVault;
import dev.bartizan.fleet.command.Expulsion;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.RevocationList;
import dev.bartizan.fleet.database.FleetDatabase;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceCopies;
import dev.bartizan.fleet.device.DeviceRegistry;
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
    List<Device> devices = ask(dir, DeviceRegistry::all);
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
    console.answer(ask(dir, registry -> registry.get(ueid)).toJson());
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
    SharedDirectory directory = new SharedDirectory(dir);
    try (FleetDatabase database = FleetParts.database(directory, random, console)) {
      change(directory, database.devices(), ueid, Device.State.REVOKED);
      return tellBroker(directory, database.devices(), ueid, brokerTold, noBroker);
    }
  }

  private int tellBroker(
      SharedDirectory directory,
      DeviceRegistry registry,
      Ueid ueid,
      boolean brokerTold,
      boolean noBroker)
      throws IOException, Refusal {
    CertificateAuthority authority = CertificateAuthority.load(directory, clock, random);
    if (noBroker) {
      new RevocationList(directory, registry).write(authority, clock.instant());
      return DONE;
    }
    Expulsion expulsion = new Expulsion(directory, registry, authority);
    String clientId = FleetParts.clientId(random);
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
      throws IOException, Refusal {
    try (FleetDatabase database = FleetParts.database(new SharedDirectory(dir), random, console);
        OutputFile out = OutputFile.createPrivate(file)) {
      EnrolmentTokens tokens = new EnrolmentTokens(database.tokens(), clock);
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
    List<X509Certificate> certificates = ask(dir, registry -> unwrap(registry, wanted));
    try (OutputFile out = OutputFile.create(file)) {
      out.write(
          ByteBuffer.wrap(Pem.ofCertificates(certificates).getBytes(StandardCharsets.US_ASCII)));
      out.commit();
    }
    console.say(certificates.size() + " certificates written to " + file);
    return DONE;
  }

  private static List<X509Certificate> unwrap(DeviceRegistry registry, Set<Ueid> wanted)
      throws IOException, Refusal {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Device device : registry.all()) {
      if (device.getsKeys() && (wanted.isEmpty() || wanted.contains(device.ueid()))) {
        certificates.add(device.unwrap());
      }
    }
    for (Ueid ueid : wanted) {
      registry.requireGetsKeys(ueid);
    }
    return certificates;
  }

  /** For who verifies reports elsewhere, without the database. */
  @Command(
      name = "copies",
      description = {
        "Write what is known of each device into DIR/devices, for `report verify --trust DIR`"
            + " elsewhere; reference.json and releases.json go beside it."
      },
      mixinStandardHelpOptions = true)
  int copies(
      @Parameters(paramLabel = "DIR", description = "Where they go; not the server's directory.")
          Path target,
      @Option(names = "--dir", defaultValue = ".", paramLabel = "DIR") Path dir)
      throws IOException, Refusal {
    SharedDirectory copies = new SharedDirectory(target);
    if (FleetSettings.areIn(copies)) {
      throw new IOException(target + " is a server's directory; take another for copies");
    }
    List<Device> devices = ask(dir, DeviceRegistry::all);
    new DeviceCopies(copies).write(devices);
    console.say(devices.size() + " devices written to " + target);
    return DONE;
  }

  private int change(Path dir, Ueid ueid, Device.State state) throws IOException, Refusal {
    SharedDirectory directory = new SharedDirectory(dir);
    try (FleetDatabase database = FleetParts.database(directory, random, console)) {
      return change(directory, database.devices(), ueid, state);
    }
  }

  private int change(
      SharedDirectory directory, DeviceRegistry registry, Ueid ueid, Device.State state)
      throws IOException, Refusal {
    Device device = registry.change(ueid, state);
    int keys =
        FleetParts.keyBroker(directory, registry, new WrappedKeyVault(directory, random), random)
            .shipTo(ueid);
    console.say(line(device) + "  keys of " + keys + " releases");
    return DONE;
  }

  private interface Question<T> {
    T ask(DeviceRegistry registry) throws IOException, Refusal;
  }

  private <T> T ask(Path dir, Question<T> question) throws IOException, Refusal {
    try (FleetDatabase database = FleetParts.database(new SharedDirectory(dir), random, console)) {
      return question.ask(database.devices());
    }
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
