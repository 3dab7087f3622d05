package dev.bartizan.fleet.command;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.statement.Audience;
import dev.bartizan.fleet.identity.Credentials;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** A connection of the operator to the broker: commands out, answers in. */
@TouchesTheWorld("the network")
public final class CommandPost implements AutoCloseable {
  private static final int AT_LEAST_ONCE = 1;
  private static final int PATIENCE_SECONDS = 15;
  private static final int MAX_WAITING = 10_000;

  private final MqttClient client;
  private final BlockingQueue<CommandAnswer> answers = new LinkedBlockingQueue<>(MAX_WAITING);

  private CommandPost(MqttClient client) {
    this.client = client;
  }

  /**
   * Connects to the broker with the operator's certificate.
   *
   * @param broker {@code ssl://HOST:PORT}
   * @param authority the only authority the broker's certificate may come from
   * @param clientId unique at the broker
   */
  public static CommandPost connect(
      String broker, Credentials operator, X509Certificate authority, String clientId)
      throws IOException {
    try {
      MqttClient client = new MqttClient(broker, clientId, new MemoryPersistence());
      client.setTimeToWait(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      client.connect(options(operator, authority));
      return new CommandPost(client);
    } catch (MqttException unreachable) {
      throw new IOException(broker + ": " + reason(unreachable), unreachable);
    }
  }

  /** Publishes a signed command; returns when the broker has it. */
  public void send(Audience audience, byte[] compact) throws IOException {
    try {
      client.publish(topic(audience), compact, AT_LEAST_ONCE, false);
    } catch (MqttException failed) {
      throw new IOException("the broker did not take the command: " + reason(failed), failed);
    }
  }

  /** Listens for the answers of {@code devices}; to be called before {@link #send}. */
  public void listen(Set<Ueid> devices) throws IOException {
    try {
      for (Ueid device : devices) {
        client.subscribe(
            "bartizan/" + device.text() + "/response",
            AT_LEAST_ONCE,
            (topic, message) -> receive(device, message.getPayload()));
      }
    } catch (MqttException failed) {
      throw new IOException("the broker lets us not listen: " + reason(failed), failed);
    }
  }

  /**
   * Waits until every one of {@code devices} has given its final answer to command {@code id}.
   *
   * @throws IOException when not all did within {@code patience}; the message names who is missing
   */
  public List<CommandAnswer> await(String id, Set<Ueid> devices, Duration patience)
      throws IOException {
    Set<Ueid> missing = new HashSet<>(devices);
    List<CommandAnswer> finals = new ArrayList<>();
    long end = System.nanoTime() + patience.toNanos();
    while (!missing.isEmpty()) {
      CommandAnswer answer = next(end, missing);
      if (answer.id().equals(id) && answer.isFinal() && missing.remove(answer.device())) {
        finals.add(answer);
      }
    }
    return List.copyOf(finals);
  }

  @Override
  public void close() throws IOException {
    try {
      if (client.isConnected()) {
        client.disconnect();
      }
      client.close();
    } catch (MqttException failed) {
      throw new IOException("the broker connection did not close: " + reason(failed), failed);
    }
  }

  private CommandAnswer next(long end, Set<Ueid> missing) throws IOException {
    try {
      CommandAnswer answer = answers.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (answer == null) {
        throw new IOException("no answer yet from " + missing);
      }
      return answer;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("waiting was stopped");
      interrupted.initCause(stopped);
      throw interrupted;
    }
  }

  /** An answer nobody can read answers nothing; one too many is dropped, the wait then ends. */
  private void receive(Ueid device, byte[] payload) {
    try {
      boolean kept = answers.offer(CommandAnswer.read(device, payload));
      if (!kept) {
        System.getLogger("dev.bartizan.fleet.command")
            .log(System.Logger.Level.WARNING, "more than {0} answers", MAX_WAITING);
      }
    } catch (Malformed unreadable) {
      System.getLogger("dev.bartizan.fleet.command")
          .log(System.Logger.Level.WARNING, "unreadable: {0}", unreadable.getMessage());
    }
  }

  private static String topic(Audience audience) {
    return audience.isGroup()
        ? "bartizan/group/" + audience.name() + "/command"
        : "bartizan/" + audience.name() + "/command";
  }

  static MqttConnectOptions options(Credentials operator, X509Certificate authority) {
    MqttConnectOptions options = new MqttConnectOptions();
    options.setCleanSession(true);
    options.setConnectionTimeout(PATIENCE_SECONDS);
    options.setHttpsHostnameVerificationEnabled(true);
    options.setSocketFactory(mutualTls(operator, authority));
    return options;
  }

  private static SSLSocketFactory mutualTls(Credentials operator, X509Certificate authority) {
    try {
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(operator.keyStore(), new char[0]);
      KeyStore anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      anchors.setCertificateEntry("authority", authority);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(anchors);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return tls.getSocketFactory();
    } catch (GeneralSecurityException | IOException impossible) {
      throw new IllegalStateException("these credentials cannot be used", impossible);
    }
  }

  private static String reason(MqttException problem) {
    Throwable cause = problem.getCause();
    return String.valueOf(cause == null ? problem.getMessage() : cause.getMessage());
  }
}
