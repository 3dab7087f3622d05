// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.command.CommandProcessor;
import dev.bartizan.agent.command.Inbox;
import dev.bartizan.agent.command.Reply;
import dev.bartizan.agent.mqtt.BrokerAddress;
import dev.bartizan.agent.mqtt.BrokerLink;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.agent.schedule.Health;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.command.CommandClient;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.init.FleetInit;
import dev.bartizan.fleet.init.FleetPlan;
import dev.bartizan.protocol.command.Audience;
import dev.bartizan.protocol.command.AuthorisedCommand;
import dev.bartizan.protocol.command.Command;
import dev.bartizan.protocol.command.CommandKeys;
import dev.bartizan.protocol.command.CommandVerifier;
import dev.bartizan.systemtest.lab.Broker;
import dev.bartizan.systemtest.lab.Ports;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.tuf.RepositorySimulator;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever holds the broker has every command that went through it, and sends it again: through a
 * real one, to a device whose clock is set forward and back.
 */
class ReplayThroughBrokerTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Ueid DEVICE = Ueid.of(Digest.of(new byte[] {1}));
  private static final String FLEET = "fleet.example";
  private static final Duration LIFETIME = Duration.ofDays(1);
  private static final BrokerLink.Pace BRISK =
      new BrokerLink.Pace(Duration.ofSeconds(10), Duration.ofMillis(10), Duration.ofMillis(50));

  private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final FakeDisk disk = new FakeDisk();
  private final List<String> obeyed = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private volatile Instant now = start;
  @TempDir private Path folder;
  private SharedDirectory directory;
  private FleetSettings settings;
  private Broker broker;
  private CommandClient post;
  private Credentials own;
  private CommandProcessor desk;
  private BrokerLink link;

  @BeforeEach
  void connect() throws Exception {
    int port = Ports.free();
    directory = new SharedDirectory(folder);
    settings =
        new FleetSettings(FLEET, "ssl://localhost:" + port, URI.create("http://localhost:8080/"));
    new FleetInit(directory, Clock.systemUTC(), RANDOM)
        .found(
            new FleetPlan(settings, List.of("localhost")), new RepositorySimulator().rootFile(1));
    broker = Broker.start(folder, port);
    own = EnrolledDevice.of(authority(), FLEET, DEVICE);
    post =
        CommandClient.connect(
            settings.operators(),
            Credentials.load(directory, Credentials.OPERATOR),
            authority().certificate(),
            "operator-1");
    switchOn();
  }

  @AfterEach
  void stop() throws Exception {
    link.close();
    post.close();
    broker.close();
  }

  @Test
  void aCommandSentAgainIsNotObeyedWhereverTheClockGoes() throws Exception {
    // Replay: the clock goes on until a command is forgotten, and back to where it was good.
    byte[] old = command("old");
    deliver(old);
    assertEquals(List.of("old"), obeyed);

    deliver(old);
    now = start.plus(LIFETIME.multipliedBy(30));
    deliver(old);
    deliver(command("of the future"));
    now = start;
    deliver(old);
    deliver(old);

    assertEquals(List.of("old", "of the future"), obeyed);
  }

  @Test
  void norIsItAfterARestartInBetween() throws Exception {
    byte[] old = command("old");
    deliver(old);
    now = start.plus(LIFETIME.multipliedBy(30));
    restart();
    deliver(command("of the future"));
    restart();
    now = start.plusSeconds(5);
    restart();
    deliver(old);

    assertEquals(List.of("old", "of the future"), obeyed);
    assertTrue(refused.contains("REPLAYED"), refused.toString());
  }

  @Test
  void aCommandHeldBackIsObeyedOnceWhenItComesInTimeAndNeverAfter() throws Exception {
    byte[] held = command("held back");
    byte[] tooLate = command("too late");
    now = start.plus(LIFETIME).minusSeconds(1);
    deliver(held);
    deliver(held);
    now = start.plus(LIFETIME.multipliedBy(2));
    deliver(tooLate);
    deliver(held);

    assertEquals(List.of("held back"), obeyed);
  }

  /** Sends it through the broker; when the device has read it, it does what there is to do. */
  private void deliver(byte[] command) throws Exception {
    post.send(Audience.device(DEVICE), command);
    String sent = new String(command, StandardCharsets.US_ASCII);
    // What was not acknowledged before a restart comes a second time, and first.
    String next = "";
    while (!next.equals(sent)) {
      next = String.valueOf(heard.poll(30, TimeUnit.SECONDS));
      assertNotEquals("null", next, "the broker delivers");
    }
    desk.execute();
  }

  private byte[] command(String id) throws Exception {
    return new Command(
            FLEET,
            Audience.device(DEVICE),
            "command-" + id.replace(' ', '-'),
            now,
            now.plus(LIFETIME),
            "rollback",
            Map.of("model", "defect"))
        .sign(new OperatorKeys(directory).signer(OperatorKeys.COMMAND));
  }

  private void restart() throws Exception {
    link.close();
    switchOn();
  }

  private void switchOn() throws Exception {
    CommandKeys.Entry key =
        new CommandKeys.Entry(
            new OperatorKeys(directory).publicKey(OperatorKeys.COMMAND), Set.of("rollback"));
    desk =
        new CommandProcessor(
            Inbox.open(disk, now),
            new CommandVerifier(DEVICE, Set.of()),
            () -> Optional.of(new CommandKeys(List.of(key))),
            this::obey,
            new Listener(),
            () -> now);
    BlockingQueue<String> states = new LinkedBlockingQueue<>();
    link =
        new BrokerLink(
            new BrokerAddress(
                URI.create(settings.broker()),
                own.tls(authority().certificate()),
                DEVICE,
                Set.of()),
            Outbox.open(new FakeDisk()),
            this::hear,
            states::add,
            new Random(1),
            BRISK,
            new Health(Part.UPLINK, System::nanoTime));
    link.start();
    String state = "";
    while (!state.equals(BrokerLink.CONNECTED)) {
      state = String.valueOf(states.poll(30, TimeUnit.SECONDS));
    }
  }

  private void hear(byte[] jws) throws IOException {
    desk.accept(jws);
    heard.add(new String(jws, StandardCharsets.US_ASCII));
  }

  private Optional<Reply> obey(AuthorisedCommand authorised) {
    Command command = authorised.command();
    obeyed.add(command.id().substring("command-".length()).replace('-', ' '));
    return Optional.of(Reply.done(command.id(), StrictJson.object()));
  }

  private final class Listener implements CommandProcessor.Counter {
    @Override
    public void answer(Reply reply) {}

    @Override
    public void refused(Refusal refusal) {
      refused.add(refusal.code());
    }

    @Override
    public void wake() {}
  }

  private CertificateAuthority authority() throws Exception {
    return CertificateAuthority.load(directory, Clock.systemUTC(), RANDOM);
  }
}
