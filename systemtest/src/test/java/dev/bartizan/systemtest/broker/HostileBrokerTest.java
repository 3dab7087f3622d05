// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.mqtt.BrokerAddress;
import dev.bartizan.agent.mqtt.BrokerLink;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.agent.schedule.Health;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.command.CommandClient;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.fleet.init.NewFleet;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker is in hostile hands: it has its certificate, and does what it likes. */
class HostileBrokerTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Ueid DEVICE = Ueid.of(Digest.of(new byte[] {1}));
  private static final byte[] ANNOUNCES_256_MB = {
    0x30, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f
  };
  private static final BrokerLink.Pace BRISK =
      new BrokerLink.Pace(Duration.ofSeconds(2), Duration.ofMillis(10), Duration.ofMillis(50));

  @TempDir private Path folder;
  private final BlockingQueue<String> states = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> commands = new LinkedBlockingQueue<>();
  private SharedDirectory directory;
  private CertificateAuthority authority;
  private FakeBroker broker;
  private BrokerLink link;

  @BeforeEach
  void found() throws Exception {
    directory = new SharedDirectory(folder);
    FleetSettings settings =
        new FleetSettings(
            "fleet.example", "ssl://localhost:8883", URI.create("http://localhost:8080/"));
    NewFleet.found(directory, settings, List.of("localhost"), Clock.systemUTC(), RANDOM);
    authority = CertificateAuthority.load(directory, Clock.systemUTC(), RANDOM);
  }

  @AfterEach
  void stop() throws Exception {
    if (link != null) {
      link.close();
    }
    broker.close();
  }

  // Attack: a broker that is silent after TLS, for ever.
  @Test
  void aBrokerThatIsSilentAfterTlsIsGivenUpAndTriedAnew() throws Exception {
    start(FakeBroker.Guest::silence, FakeBroker.Guest::silence, guest -> guest.welcome(1));

    assertTrue(broker.met(), "three connections");
    String first = next();
    assertTrue(first.startsWith("not connected: Timed out"), first);
    assertEquals(BrokerLink.CONNECTED, next());
    awaitNoMoreThan(1, "MQTT Rec");
  }

  // Attack: the same, after a yes to CONNECT.
  // Attack: a broker that goes right after TLS, which the library's threads do not expect.
  @Test
  void aBrokerThatClosesRightAfterTlsLeavesNoThreadBehind() throws Exception {
    start(
        FakeBroker.Guest::leave,
        FakeBroker.Guest::leave,
        FakeBroker.Guest::leave,
        guest -> guest.welcome(1));

    assertTrue(broker.met(), "four connections");
    awaitNoMoreThan(1, "MQTT Con");
    awaitNoMoreThan(1, "MQTT Snd");
  }

  @Test
  void aBrokerThatAnswersNoSubscriptionIsGivenUpToo() throws Exception {
    start(
        guest -> {
          guest.take();
          guest.send(0x20, new byte[2]);
          guest.silence();
        },
        guest -> guest.welcome(1));

    assertTrue(broker.met(), "two connections");
    assertTrue(next().startsWith("not connected: "));
    assertEquals(BrokerLink.CONNECTED, next());
  }

  @Test
  void theFirstReasonStaysBesideTheLatest() throws Exception {
    start(FakeBroker.Guest::silence);
    assertTrue(broker.met());
    String first = next();
    broker.close();

    String later = next();
    assertTrue(later.contains("refused"), later);
    assertTrue(later.endsWith("(at first: " + first.substring("not connected: ".length()) + ")"));
    assertEquals(later, link.state());
  }

  // Attack: five bytes for which a library makes room for 256 MB.
  @Test
  void aPacketThatIsTooLongForTheDeviceEndsTheConnectionAtItsHeader() throws Exception {
    start(
        guest -> {
          guest.welcome(1);
          guest.raw(ANNOUNCES_256_MB);
        },
        guest -> {
          guest.take();
          guest.raw(ANNOUNCES_256_MB);
        },
        guest -> {
          guest.welcome(1);
          guest.deliver(
              "bartizan/" + DEVICE + "/command", "still here".getBytes(StandardCharsets.UTF_8));
        });

    assertTrue(broker.met(), "three connections");
    assertEquals("still here", commands.poll(20, TimeUnit.SECONDS));
    assertTrue(
        states.stream().anyMatch(state -> state.contains("announced a packet of at least ")),
        states.toString());
  }

  // Attack: the same against the operator, who would lose a command's answer and the memory.
  @Test
  void aPacketThatIsTooLongForTheOperatorEndsTheConnectionAtItsHeader() throws Exception {
    Credentials operator = Credentials.load(directory, Credentials.OPERATOR);
    broker =
        new FakeBroker(
            brokersTls(operator),
            guest -> {
              guest.take();
              guest.raw(ANNOUNCES_256_MB);
            });

    IOException refused =
        assertThrows(
            IOException.class,
            () ->
                CommandClient.connect(
                    broker.address(), operator, authority.certificate(), "operator-1"));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("announced a packet of at least "),
        refused.getMessage());
  }

  @Test
  void aLinkThatIsClosedWhileItConnectsLeavesNothingBehind() throws Exception {
    start(FakeBroker.Guest::silence);
    assertTrue(broker.met());

    link.close();

    awaitNoMoreThan(0, "MQTT ");
    awaitNoMoreThan(0, "broker");
  }

  private void start(FakeBroker.Manners... manners) throws Exception {
    Credentials device = EnrolledDevice.of(authority, "fleet.example", DEVICE);
    broker = new FakeBroker(brokersTls(device), manners);
    link =
        new BrokerLink(
            new BrokerAddress(
                URI.create(broker.address()),
                device.tls(authority.certificate()),
                DEVICE,
                Set.of()),
            Outbox.open(new FakeDisk()),
            command -> commands.add(new String(command, StandardCharsets.UTF_8)),
            states::add,
            new Random(1),
            BRISK,
            new Health(Part.UPLINK, System::nanoTime));
    link.start();
  }

  private String next() throws InterruptedException {
    return String.valueOf(states.poll(20, TimeUnit.SECONDS));
  }

  private static void awaitNoMoreThan(int count, String name) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    List<Thread> threads = running(name);
    while (threads.size() > count && System.nanoTime() < end) {
      threads.get(0).join(20);
      threads = running(name);
    }
    assertTrue(
        threads.size() <= count,
        () -> {
          StringBuilder where = new StringBuilder("still running:");
          running(name)
              .forEach(it -> where.append('\n').append(it).append(List.of(it.getStackTrace())));
          return where.toString();
        });
  }

  private static List<Thread> running(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(name))
        .toList();
  }

  private SSLContext brokersTls(Credentials guest) throws Exception {
    List<X509Certificate> chain = guest.chain();
    return Credentials.load(directory, Credentials.BROKER).tls(chain.get(chain.size() - 1));
  }
}
