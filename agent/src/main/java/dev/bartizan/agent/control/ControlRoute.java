// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.control;

import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.agent.serve.http.Call;
import dev.bartizan.agent.serve.http.CallRefusal;
import dev.bartizan.agent.serve.http.Route;
import dev.bartizan.crypto.Interrupted;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import java.io.IOException;

/** {@code /bartizan/v1/…}: what local commands may ask of the daemon. */
public final class ControlRoute implements Route {
  private static final int MAX_BODY = 64 * 1024;

  /** The daemon, as its commands see it. Each method answers with a JSON document. */
  public interface Daemon {
    byte[] status() throws IOException, Refusal;

    byte[] check() throws IOException, Refusal, InterruptedException;

    /** How its machine looks from where it runs. */
    byte[] surroundings();

    byte[] history() throws IOException, Refusal, InterruptedException;

    byte[] attest(String nonce) throws IOException, Refusal, InterruptedException;

    byte[] acme(String keyAuthorization) throws IOException, Refusal, InterruptedException;

    byte[] update(JsonFields wish) throws IOException, Refusal, InterruptedException;

    byte[] rollback(String model) throws IOException, Refusal, InterruptedException;
  }

  private final Daemon daemon;

  public ControlRoute(Daemon daemon) {
    this.daemon = daemon;
  }

  @Override
  public String prefix() {
    return "bartizan/v1";
  }

  @Override
  public boolean reachableByTcp() {
    return false;
  }

  @Override
  public Answer answer(Call call) throws IOException, Refusal {
    String path = String.join("/", call.path().subList(2, call.path().size()));
    try {
      return Answer.json(200, answer(call, path));
    } catch (InterruptedException stopping) {
      throw Interrupted.toIo(stopping, "the daemon is stopping");
    }
  }

  private byte[] answer(Call call, String path) throws IOException, Refusal, InterruptedException {
    switch (path) {
      case "status" -> {
        call.allow("GET");
        return daemon.status();
      }
      case "check" -> {
        call.allow("GET");
        return daemon.check();
      }
      case "surroundings" -> {
        call.allow("GET");
        return daemon.surroundings();
      }
      case "history" -> {
        call.allow("GET");
        return daemon.history();
      }
      case "attest" -> {
        return daemon.attest(body(call).text("nonce", 128));
      }
      case "acme" -> {
        return daemon.acme(body(call).text("key_authorization", 512));
      }
      case "update" -> {
        return daemon.update(body(call));
      }
      case "rollback" -> {
        return daemon.rollback(body(call).text("model", 64));
      }
      default -> throw CallRefusal.notFound();
    }
  }

  private static JsonFields body(Call call) throws IOException, Refusal {
    call.allow("POST");
    return Request.read(call, MAX_BODY);
  }
}
